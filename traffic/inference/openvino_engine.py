"""OpenVINO on the CPU: several single-picture requests in flight, one stream a thread."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings

if TYPE_CHECKING:
    import openvino as ov


class OpenVinoEngine:
    """Runs an ONNX model with OpenVINO.

    The conversion from BGR bytes (h, w, 3) to float planes (3, h, w) is part of the compiled graph.

    Args:
        path: the ONNX file; one input (n, 3, h, w), one output.
        size: input width and height in pixels.
        settings: precision and threads.

    Raises:
        ModelError: OpenVINO is not installed, or refuses the model.
    """

    def __init__(self, path: Path, size: tuple[int, int], settings: InferenceSettings) -> None:
        try:
            import openvino
        except ImportError as error:
            raise ModelError(
                "the openvino backend is configured but not installed", remedy="pip install 'traffic[openvino]'"
            ) from error
        width, height = size
        threads = settings.threads or len(os.sched_getaffinity(0))
        core = openvino.Core()
        try:
            model = core.read_model(path)
            model.reshape([1, 3, height, width])
            compiled = core.compile_model(
                _with_image_input(openvino, model),
                "CPU",
                {
                    "PERFORMANCE_HINT": "THROUGHPUT",
                    "INFERENCE_NUM_THREADS": threads,
                    "NUM_STREAMS": threads,
                    "INFERENCE_PRECISION_HINT": _precision(core, settings),
                },
            )
        except RuntimeError as error:
            raise ModelError(
                f"{path}: OpenVINO expected an ONNX model that takes (1, 3, {height}, {width}), but says: "
                f"{str(error).strip().splitlines()[-1]}",
                remedy="choose an input size that is a multiple of 32, or another model",
            ) from error
        self._queue = openvino.AsyncInferQueue(compiled, threads)
        self._queue.set_callback(_keep_output)

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        outputs: list[Float32Array | None] = [None] * len(images)
        for row in range(len(images)):
            self._queue.start_async({0: images[row : row + 1]}, userdata=(outputs, row))
        self._queue.wait_all()
        done = [output for output in outputs if output is not None]
        return np.stack(done) if done else np.zeros((0, 0, 0), np.float32)

    def __enter__(self) -> OpenVinoEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.wait_all()


def _with_image_input(module: ModuleType, model: ov.Model) -> ov.Model:
    builder = module.preprocess.PrePostProcessor(model)
    builder.input().tensor().set_element_type(module.Type.u8).set_layout(module.Layout("NHWC"))
    builder.input().model().set_layout(module.Layout("NCHW"))
    return builder.build()


def _precision(core: ov.Core, settings: InferenceSettings) -> str:
    if settings.precision != "auto":
        return settings.precision
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _keep_output(request: ov.InferRequest, userdata: tuple[list[Float32Array | None], int]) -> None:
    outputs, row = userdata
    outputs[row] = request.get_output_tensor(0).data[0].copy()
