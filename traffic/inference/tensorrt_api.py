"""The part of TensorRT that we call, as types: all of it exists in TensorRT 8.5, 8.6, 10.3 and 11.4 alike.

Names that only some versions have are asked for with `getattr` in tensorrt_build.py, version by version.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Protocol


class HostMemory(Protocol):
    """Bytes that TensorRT owns."""

    @property
    def nbytes(self) -> int:
        """How many."""
        ...

    def __buffer__(self, flags: int, /) -> memoryview: ...


class ExecutionContext(Protocol):
    """One inference at a time of one engine."""

    profiler: Profiler | None

    def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        """Fix a dynamic input's shape; False if no profile allows it."""
        ...

    def set_tensor_address(self, name: str, memory: int) -> bool:
        """Where an input or output lies on the device."""
        ...

    def get_tensor_shape(self, name: str) -> Sequence[int]:
        """The shape that follows from the inputs' shapes."""
        ...

    def execute_async_v3(self, stream_handle: int) -> bool:
        """Put the inference into a stream; False if it could not be."""
        ...


class Profiler(Protocol):
    """Is told, after an inference, how long each layer took."""

    def report_layer_time(self, layer_name: str, ms: float) -> None:
        """Of one layer."""
        ...


class CudaEngine(Protocol):
    """A built network."""

    @property
    def num_io_tensors(self) -> int:
        """Inputs and outputs."""
        ...

    def get_tensor_name(self, index: int) -> str:
        """The name of one."""
        ...

    def get_tensor_mode(self, name: str) -> object:
        """One of TensorIOMode."""
        ...

    def get_tensor_dtype(self, name: str) -> object:
        """One of DataType."""
        ...

    def get_tensor_shape(self, name: str) -> Sequence[int]:
        """With -1 where it is dynamic."""
        ...

    def get_tensor_profile_shape(self, name: str, profile_index: int) -> Sequence[Sequence[int]]:
        """The least, best and greatest shape of an input."""
        ...

    def create_execution_context(self) -> ExecutionContext | None:
        """None when there is not enough memory."""
        ...


class Runtime(Protocol):
    """Loads engines."""

    DLA_core: int

    def deserialize_cuda_engine(self, serialized_engine: bytes) -> CudaEngine | None:
        """None when the bytes are no engine of this TensorRT and GPU."""
        ...


class ParserError(Protocol):
    """Why a node was not understood."""

    def desc(self) -> str:
        """In words."""
        ...

    def node(self) -> int:
        """Which."""
        ...


class OnnxParser(Protocol):
    """Reads ONNX into a network."""

    @property
    def num_errors(self) -> int:
        """How many since the last clearing."""
        ...

    def parse_from_file(self, path: str) -> bool:
        """False when the model was not understood."""
        ...

    def get_error(self, index: int) -> ParserError:
        """One of them."""
        ...


class Tensor(Protocol):
    """A network's input or output."""

    name: str


class NetworkDefinition(Protocol):
    """A network before it is built."""

    @property
    def num_layers(self) -> int:
        """How many."""
        ...

    def get_input(self, index: int) -> Tensor:
        """One of its inputs."""
        ...

    def get_layer(self, index: int) -> object:
        """One of its layers."""
        ...


class OptimizationProfile(Protocol):
    """Which shapes the engine must take."""

    def set_shape(self, input: str, min: Sequence[int], opt: Sequence[int], max: Sequence[int]) -> None:  # noqa: A002
        """Of one input."""
        ...


class TimingCache(Protocol):
    """What was measured in earlier builds."""

    def serialize(self) -> HostMemory:
        """As bytes."""
        ...


class BuilderConfig(Protocol):
    """How to build."""

    default_device_type: object
    DLA_core: int
    profiling_verbosity: object

    def set_flag(self, flag: object) -> None:
        """One of BuilderFlag."""
        ...

    def can_run_on_DLA(self, layer: object) -> bool:  # noqa: N802  TensorRT's own name
        """Whether an accelerator can take the layer."""
        ...

    def set_memory_pool_limit(self, pool: object, pool_size: int) -> None:
        """Bytes of a MemoryPoolType."""
        ...

    def add_optimization_profile(self, profile: OptimizationProfile) -> int:
        """Its index."""
        ...

    def create_timing_cache(self, serialized_timing_cache: bytes) -> TimingCache:
        """From an earlier build's bytes; empty bytes give an empty one."""
        ...

    def set_timing_cache(self, cache: TimingCache, ignore_mismatch: bool) -> bool:  # noqa: FBT001  TensorRT's own order
        """Whether it fits this device."""
        ...

    def get_timing_cache(self) -> TimingCache | None:
        """After a build: with what it measured."""
        ...


class Builder(Protocol):
    """Makes engines."""

    @property
    def num_DLA_cores(self) -> int:  # noqa: N802  TensorRT's own name
        """How many deep learning accelerators there are."""
        ...

    def create_network(self, flags: int) -> NetworkDefinition:
        """Empty."""
        ...

    def create_builder_config(self) -> BuilderConfig:
        """With TensorRT's defaults."""
        ...

    def create_optimization_profile(self) -> OptimizationProfile:
        """Empty."""
        ...

    def build_serialized_network(self, network: NetworkDefinition, config: BuilderConfig) -> HostMemory | None:
        """The engine's bytes, None when it could not be built; the logger has the reason."""
        ...


PROTOCOLS: MappingProxyType[str, type] = MappingProxyType(
    {
        "IExecutionContext": ExecutionContext,
        "IProfiler": Profiler,
        "ICudaEngine": CudaEngine,
        "Runtime": Runtime,
        "OnnxParser": OnnxParser,
        "ParserError": ParserError,
        "INetworkDefinition": NetworkDefinition,
        "ITensor": Tensor,
        "IOptimizationProfile": OptimizationProfile,
        "ITimingCache": TimingCache,
        "IBuilderConfig": BuilderConfig,
        "Builder": Builder,
        "IHostMemory": HostMemory,
    }
)
"""By their names in TensorRT."""
