"""Parse and build one ONNX file with TensorRT-RTX, without a GPU, and print what came of it as one JSON line.

python tensorrt_rtx_parse.py MODEL WIDTH HEIGHT
"""

import json
import sys
from pathlib import Path

import tensorrt_rtx as trt


class Warnings(trt.ILogger):
    def __init__(self) -> None:
        trt.ILogger.__init__(self)

    def log(self, severity: object, message: str) -> None:
        if severity <= trt.ILogger.WARNING:
            sys.stderr.write(f"{severity} {message}\n")


def build(builder: trt.Builder, network: trt.INetworkDefinition, size: tuple[int, int]) -> int:
    """The bytes of the engine for batches of 1 to 4 pictures (width, height); 0 where it is refused."""
    config, profile = builder.create_builder_config(), builder.create_optimization_profile()
    for place in range(network.num_inputs):
        one, four = ((batch, 3, size[1], size[0]) for batch in (1, 4))
        profile.set_shape(network.get_input(place).name, one, one, four)
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(network, config)
    return 0 if engine is None else engine.nbytes


def main(model: str, width: str, height: str) -> None:
    logger = Warnings()
    builder = trt.Builder(logger)
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    parsed = parser.parse(Path(model).read_bytes(), model)
    answer = {
        "errors": [str(parser.get_error(place)) for place in range(parser.num_errors)],
        "inputs": [network.get_input(place).name for place in range(network.num_inputs)],
        "engine_bytes": build(builder, network, (int(width), int(height))) if parsed else 0,
        "output_shape": list(network.get_output(0).shape) if parsed else [],
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
