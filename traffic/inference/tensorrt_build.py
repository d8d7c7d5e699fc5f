"""From an ONNX model to a TensorRT engine for the GPU of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import structlog

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import write_engine
from traffic.inference.engine_identity import EngineIdentity, identity_for
from traffic.inference.quantisation import require_buildable
from traffic.inference.tensorrt_api import Builder, BuilderConfig, NetworkDefinition, OnnxParser
from traffic.inference.tensorrt_engine import load_tensorrt, open_device

_log = structlog.get_logger(__name__)
MEBIBYTE = 1 << 20
INPUT_NAME = "images"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build.

    Attributes:
        workspace_mib: memory that a layer's implementation may need at most.
        graph: the ONNX file that is parsed, where it is another form of the model: with plugin nodes, or with Mish in
            the operations that keep their precision in FP16.
        timing_cache: what earlier builds measured; read if it is there, and written.
    """

    workspace_mib: int = 1024
    graph: Path | None = None
    timing_cache: Path | None = None


@dataclass(frozen=True, slots=True)
class BuiltEngine:
    """An engine on disk.

    Attributes:
        path: its file.
        identity: what it is.
        placed: of the layers before they are fused, how many the accelerator takes, and how many are left to the GPU;
            None where no accelerator was asked for.
    """

    path: Path
    identity: EngineIdentity
    placed: tuple[int, int] | None = None


def build_engine(
    model: Path, size: tuple[int, int], settings: InferenceSettings, options: BuildOptions, out: Path
) -> BuiltEngine:
    """Build and write one engine; takes minutes on a Jetson.

    Args:
        model: the ONNX file.
        size: (width, height) of its input.
        settings: precision, batch, plugin, calibration and accelerator, as a run will ask for them.
        options: see there.
        out: the folder to write to.

    Raises:
        ModelError: no driver, no TensorRT, a model that it does not understand, or a precision it does not have.
    """
    require_buildable(model, settings)
    device = open_device()
    tensorrt = load_tensorrt(settings.plugin)
    identity = identity_for(model, size, settings, device, str(tensorrt.__version__))
    with device.current(f"building {identity.file_name}"):
        serialized, placed = _serialized(tensorrt, options.graph or model, identity, options, settings.calibration)
    return BuiltEngine(write_engine(out, identity, serialized), identity, placed)


def _serialized(
    tensorrt: ModuleType, model: Path, identity: EngineIdentity, options: BuildOptions, calibration: Path | None
) -> tuple[bytes, tuple[int, int] | None]:
    logger = tensorrt.Logger(tensorrt.Logger.WARNING)
    builder: Builder = tensorrt.Builder(logger)
    network = builder.create_network(network_flags(tensorrt))
    _parse(tensorrt.OnnxParser(network, logger), model)
    config = builder.create_builder_config()
    _configure(tensorrt, builder, config, identity, options)
    if calibration is not None:
        _calibrate(tensorrt, config, calibration)
    set_shapes(builder, config, network, identity)
    placed = placement(config, network) if identity.dla_core is not None else None
    _read_timing_cache(config, options.timing_cache)
    built = builder.build_serialized_network(network, config)
    if built is None:
        raise ModelError(
            f"TensorRT {identity.tensorrt} could not build {model}",
            remedy="see its messages above; more --workspace, or --precision f32, often helps",
        )
    _write_timing_cache(config, options.timing_cache)
    return bytes(built), placed


def placement(config: BuilderConfig, network: NetworkDefinition) -> tuple[int, int]:
    """How many layers TensorRT says that the accelerator can take, and how many are left to the GPU."""
    count = network.num_layers
    taken = sum(config.can_run_on_DLA(network.get_layer(index)) for index in range(count))
    return taken, count - taken


def network_flags(tensorrt: ModuleType) -> int:
    """Explicit batch where it has to be asked for: TensorRT 8; later there is nothing else."""
    flag = getattr(tensorrt.NetworkDefinitionCreationFlag, "EXPLICIT_BATCH", None)
    return 0 if flag is None or major_version(tensorrt) >= 10 else 1 << int(flag)


def major_version(tensorrt: ModuleType) -> int:
    """8, 10 or 11."""
    return int(str(tensorrt.__version__).split(".")[0])


def _parse(parser: OnnxParser, model: Path) -> None:
    if not parser.parse_from_file(str(model)):
        problems = "; ".join(_parser_problems(parser))
        raise ModelError(
            f"TensorRT does not understand {model}: {problems}",
            remedy="a model with TrafficMish nodes needs --plugin; any other must be of opset 17",
        )


def _parser_problems(parser: OnnxParser) -> Iterator[str]:
    for index in range(parser.num_errors):
        problem = parser.get_error(index)
        yield f"node {problem.node()}: {problem.desc()}"


def _configure(
    tensorrt: ModuleType, builder: Builder, config: BuilderConfig, identity: EngineIdentity, options: BuildOptions
) -> None:
    config.set_memory_pool_limit(tensorrt.MemoryPoolType.WORKSPACE, options.workspace_mib * MEBIBYTE)
    config.profiling_verbosity = tensorrt.ProfilingVerbosity.DETAILED
    for flag in precision_flags(tensorrt, identity):
        config.set_flag(flag)
    if identity.dla_core is not None:
        _use_accelerator(tensorrt, builder, config, identity.dla_core)


def precision_flags(tensorrt: ModuleType, identity: EngineIdentity) -> list[object]:
    """The builder flags that give the precision.

    INT8 takes FP16 as well, for the layers that stay in float.

    Raises:
        ModelError: this TensorRT takes precisions from the model alone (11 and later), and FP16 is asked for.
    """
    wanted = {"f32": (), "f16": ("FP16",), "int8": ("FP16", "INT8")}[identity.precision]
    flags = [getattr(tensorrt.BuilderFlag, name, None) for name in wanted]
    if None not in flags:
        return [flag for flag in flags if flag is not None]
    if identity.precision == "int8":
        return []  # the Q/DQ nodes of the model say it all
    raise ModelError(
        f"TensorRT {identity.tensorrt} has no flag for {identity.precision}: it takes the model's own types",
        remedy="give a model in half precision whose input and output stay float32, with --precision f32, or use "
        "TensorRT 8 or 10",
    )


def _calibrate(tensorrt: ModuleType, config: BuilderConfig, table: Path) -> None:
    calibrator = getattr(tensorrt, "IInt8EntropyCalibrator2", None)
    if calibrator is None:
        raise ModelError(
            f"TensorRT {tensorrt.__version__} has no calibrators",
            remedy="leave --calibration out, and give a model with Q/DQ nodes",
        )
    ranges = table.read_bytes()

    class SavedRanges(calibrator):  # type: ignore[misc, valid-type]  # a base class that only this TensorRT knows
        """Gives the ranges of a table, and no pictures."""

        def get_batch_size(self) -> int:
            return 1

        def get_batch(self, names: list[str]) -> None:
            del names

        def read_calibration_cache(self) -> bytes:
            return ranges

        def write_calibration_cache(self, cache: bytes) -> None:
            del cache

    config.int8_calibrator = SavedRanges()  # type: ignore[attr-defined]  # TensorRT 8 and 10 alone


def _use_accelerator(tensorrt: ModuleType, builder: Builder, config: BuilderConfig, core: int) -> None:
    if core >= builder.num_DLA_cores:
        raise ModelError(
            f"expected accelerator {core}, but this machine has {builder.num_DLA_cores}",
            remedy="leave --dla out: the GPU does it all",
        )
    config.default_device_type = tensorrt.DeviceType.DLA
    config.DLA_core = core
    config.set_flag(tensorrt.BuilderFlag.GPU_FALLBACK)


def set_shapes(builder: Builder, config: BuilderConfig, network: NetworkDefinition, identity: EngineIdentity) -> None:
    """One picture at least, a full batch at most and at best: the engine runs full batches. An accelerator takes a
    full batch alone.
    """
    width, height = identity.input_size
    name = network.get_input(0).name
    if name != INPUT_NAME:
        raise ModelError(
            f"expected a model whose input is called {INPUT_NAME}, got {name}",
            remedy="use a model that came with this project",
        )
    full = (identity.batch, 3, height, width)
    least = full if identity.dla_core is not None else (1, 3, height, width)
    profile = builder.create_optimization_profile()
    profile.set_shape(name, least, full, full)
    config.add_optimization_profile(profile)


def _read_timing_cache(config: BuilderConfig, path: Path | None) -> None:
    if path is not None:
        known = path.read_bytes() if path.is_file() else b""
        config.set_timing_cache(config.create_timing_cache(known), False)  # noqa: FBT003  TensorRT's own order


def _write_timing_cache(config: BuilderConfig, path: Path | None) -> None:
    cache = config.get_timing_cache()
    if path is not None and cache is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(cache.serialize()))
        except OSError as error:  # an engine that took minutes is not lost for it
            _log.warning("the timing cache was not written", path=str(path), error=str(error))
