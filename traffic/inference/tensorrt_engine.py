"""TensorRT on an NVIDIA GPU; the only module that imports tensorrt and pycuda."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.cuda_graph import CudaGraph, load_driver
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import EngineIdentity, EnginePrecision, fitting_engine, plugin_sha256
from traffic.inference.layer_profile import LayerTime
from traffic.inference.model_card import sha256_of

if TYPE_CHECKING:
    from traffic.inference.tensorrt_api import CudaEngine, ExecutionContext, Profiler, Runtime

_NO_TENSORRT = "install NVIDIA's TensorRT and its Python binding (on a Jetson they come with JetPack), and pycuda"


class Device:
    """The first GPU, through its primary context; every use of the GPU happens inside `current`."""

    def __init__(self) -> None:
        load_driver()
        self.cuda = _load_pycuda()
        self._device = self.cuda.Device(0)
        self._context = self._device.retain_primary_context()
        self.name = str(self._device.name())
        major, minor = self._device.compute_capability()
        self.compute_capability = f"{major}.{minor}"
        self.shares_memory = bool(self._device.get_attribute(self.cuda.device_attribute.INTEGRATED))
        """Whether the GPU works in the CPU's memory, as on a Jetson: nothing is copied then."""

    @contextmanager
    def current(self) -> Iterator[None]:
        """Makes the GPU this thread's for as long as the `with` lasts."""
        self._context.push()
        try:
            yield
        finally:
            self.cuda.Context.pop()


class CudaBuffer:
    """See DeviceBuffer: page-locked; where the GPU works in the CPU's memory, the same memory for both."""

    def __init__(self, device: Device, stream: object, shape: Sequence[int], dtype: DTypeLike) -> None:
        self._cuda, self._stream = device.cuda, stream
        flags = device.cuda.host_alloc_flags.DEVICEMAP if device.shares_memory else 0
        self.host: NDArray[Any] = device.cuda.pagelocked_zeros(tuple(shape), np.dtype(dtype), mem_flags=flags)
        self._memory = None if device.shares_memory else device.cuda.mem_alloc(self.host.nbytes)
        self.address = int(self.host.base.get_device_pointer() if self._memory is None else self._memory)

    def send(self, rows: int | None = None) -> None:
        """See DeviceBuffer.send."""
        if self._memory is not None:
            self._cuda.memcpy_htod_async(self.address, self.host[:rows], self._stream)

    def fetch(self) -> None:
        """See DeviceBuffer.fetch."""
        if self._memory is not None:
            self._cuda.memcpy_dtoh_async(self.host, self.address, self._stream)


class CudaMemory:
    """See DeviceMemory: one stream of one GPU, made inside `device.current()`."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stream = device.cuda.Stream()
        self.stream = int(self._stream.handle)

    def buffer(self, shape: Sequence[int], dtype: DTypeLike) -> CudaBuffer:
        """See DeviceMemory.buffer."""
        return CudaBuffer(self._device, self._stream, shape, dtype)

    def current(self) -> AbstractContextManager[None]:
        """See DeviceMemory.current."""
        return self._device.current()

    def synchronize(self) -> None:
        """See DeviceMemory.synchronize."""
        self._stream.synchronize()


class TensorRtEngine:
    """Runs a built engine with all its buffers allocated at the start, on one stream, as one CUDA graph.

    A batch is always computed at the engine's full size, unused pictures left as they were: so a picture's result
    does not depend on how many pictures came with it. It is an Engine and a NetworkOnDevice.

    Args:
        path: the ONNX file; its engine lies beside it.
        size: input width and height in pixels.
        settings: precision, batch, plugin and graph.

    Raises:
        ModelError: no driver, no TensorRT, no pycuda, or no engine that fits, with the command that builds it.
    """

    def __init__(self, path: Path, size: tuple[int, int], settings: InferenceSettings) -> None:
        device = Device()
        tensorrt = load_tensorrt(settings.plugin)
        wanted = identity_for(path, size, settings, device, str(tensorrt.__version__))
        self.batch = wanted.batch
        self._tensorrt = tensorrt
        self._profiler: Profiler | None = None
        with device.current():
            self._engine = _deserialized(tensorrt, fitting_engine(path.parent, wanted), wanted)
            self._context = _execution_context(self._engine)
            self.memory = CudaMemory(device)
            self.input, self.output = self._buffers(size)
            self.enqueue()  # TensorRT sets itself up in the first inference, which a graph must not record
            self.memory.synchronize()
            self._graph = CudaGraph(self.memory.stream, self._send_compute_fetch) if settings.graph else None

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        outputs = np.empty((len(images), *self.output.host.shape[1:]), np.float32)
        with self.memory.current():
            for first in range(0, len(images), self.batch):
                part = images[first : first + self.batch]
                np.copyto(self.input.host[: len(part)], part.transpose(0, 3, 1, 2), casting="safe")
                self._launch()
                self.memory.synchronize()
                outputs[first : first + len(part)] = self.output.host[: len(part)]
        return outputs

    def run_once(self) -> None:
        """One inference of a full batch, whatever its pictures are, from the host's memory and back to it."""
        with self.memory.current():
            self._launch()
            self.memory.synchronize()

    def layer_times(self, runs: int) -> list[list[LayerTime]]:
        """How long each layer takes, run by run; the engine is slower from then on.

        Args:
            runs: how many inferences.

        Raises:
            ModelError: the engine runs as a graph, in which layers cannot be told apart.
        """
        if self._graph is not None:
            raise ModelError("layers are timed without a CUDA graph", remedy="open the engine with graph: false")
        taken: list[LayerTime] = []
        measured = []
        with self.memory.current():
            self._profiler = self._context.profiler = layer_profiler(self._tensorrt, taken)
            for _ in range(runs):
                taken.clear()
                self._launch()
                self.memory.synchronize()
                measured.append(list(taken))
        return measured

    def enqueue(self) -> None:
        """See NetworkOnDevice.enqueue."""
        if not self._context.execute_async_v3(self.memory.stream):
            raise ModelError(
                "TensorRT refused to run the engine", remedy="see its messages above; build the engine again"
            )

    def _launch(self) -> None:
        if self._graph is None:
            self._send_compute_fetch()
        else:
            self._graph.launch()

    def _send_compute_fetch(self) -> None:
        self.input.send()
        self.enqueue()
        self.output.fetch()

    def _buffers(self, size: tuple[int, int]) -> tuple[CudaBuffer, CudaBuffer]:
        width, height = size
        names = [self._engine.get_tensor_name(index) for index in range(self._engine.num_io_tensors)]
        if len(names) != 2:
            raise ModelError(
                f"expected an engine with one input and one output, got the tensors {', '.join(names)}",
                remedy="build it from a model that came with this project",
            )
        shape = (self.batch, 3, height, width)
        if not self._context.set_input_shape(names[0], shape):
            raise ModelError(f"the engine does not take {shape}", remedy="build it for this size and batch")
        output_shape = tuple(self._context.get_tensor_shape(names[1]))
        buffers = (self.memory.buffer(shape, np.float32), self.memory.buffer(output_shape, np.float32))
        for name, buffer in zip(names, buffers, strict=True):
            self._context.set_tensor_address(name, buffer.address)
        return buffers

    def __enter__(self) -> TensorRtEngine:
        return self

    def __exit__(self, *error: object) -> None:
        with self.memory.current():
            self.memory.synchronize()
            if self._graph is not None:
                self._graph.close()


def identity_for(
    path: Path, size: tuple[int, int], settings: InferenceSettings, device: Device, tensorrt_version: str
) -> EngineIdentity:
    """The engine of the model at `path` that this machine and these settings ask for."""
    precision: EnginePrecision = "f16" if settings.precision == "auto" else cast(EnginePrecision, settings.precision)
    return EngineIdentity(
        model=path.stem,
        model_sha256=sha256_of(path),
        precision=precision,
        input_size=size,
        batch=settings.batch,
        gpu=device.name,
        compute_capability=device.compute_capability,
        tensorrt=tensorrt_version,
        dla_core=settings.dla_core,
        plugin_sha256=plugin_sha256(settings.plugin),
    )


def load_tensorrt(plugin: Path | None) -> ModuleType:
    """TensorRT's binding, with the plugin library registered.

    Raises:
        ModelError: either is missing.
    """
    try:
        import tensorrt
    except ImportError as error:
        raise ModelError(
            f"the tensorrt backend is configured, but its binding cannot be imported: {error}", remedy=_NO_TENSORRT
        ) from error
    if plugin is not None:
        _register(plugin)
    return cast(ModuleType, tensorrt)


def installed_version() -> str | None:
    """The version of TensorRT's binding, like `8.5.2.2`; None where there is none."""
    try:
        return str(load_tensorrt(None).__version__)
    except ModelError:
        return None


def layer_profiler(tensorrt: ModuleType, taken: list[LayerTime]) -> Profiler:
    """What TensorRT calls after an inference, once a layer; it puts the times at the end of `taken`."""
    base = tensorrt.IProfiler

    class LayerProfiler(base):  # type: ignore[misc, valid-type]  # a base class of TensorRT's binding
        """Collects."""

        def report_layer_time(self, layer_name: str, ms: float) -> None:
            taken.append(LayerTime(layer_name, ms))

    return cast("Profiler", LayerProfiler())


@cache
def _register(plugin: Path) -> None:
    """Once a process: a registry does not take a plugin twice. TensorRT 8.5 cannot load a library itself."""
    import tensorrt

    registry = tensorrt.get_plugin_registry()
    if hasattr(registry, "load_library"):
        register_with(registry.load_library, plugin)
    else:
        register_with(_registered_by_itself, plugin)


def register_with(load: Callable[[str], object], plugin: Path) -> None:
    """Have a plugin library loaded.

    Args:
        load: gives a handle, or what counts as false where the library was refused.
        plugin: the library.

    Raises:
        ModelError: it cannot be loaded, is another library, or was refused.
    """
    try:
        loaded = load(str(plugin))
    except (OSError, AttributeError) as error:
        raise ModelError(f"the plugin library {plugin} cannot be loaded: {error}", remedy=_BUILD_PLUGIN) from error
    if not loaded:
        raise ModelError(f"TensorRT refused the plugin library {plugin}", remedy=_BUILD_PLUGIN)


def _registered_by_itself(plugin: str) -> int:
    """The library's own function puts its plugins into the registry; 1 for done."""
    return int(ctypes.CDLL(plugin).traffic_register_plugins())


def _load_pycuda() -> ModuleType:
    try:
        from pycuda import driver
    except ImportError as error:
        raise ModelError(f"pycuda cannot be imported: {error}", remedy=_NO_TENSORRT) from error
    try:
        driver.init()
    except driver.Error as error:
        raise ModelError(
            f"the CUDA driver cannot start: {error}",
            remedy="see that `nvidia-smi` (on a Jetson `tegrastats`) shows a GPU, and that this user may use it",
        ) from error
    return cast(ModuleType, driver)


def _deserialized(tensorrt: ModuleType, path: Path, identity: EngineIdentity) -> CudaEngine:
    runtime: Runtime = tensorrt.Runtime(tensorrt.Logger(tensorrt.Logger.WARNING))
    if identity.dla_core is not None:
        runtime.DLA_core = identity.dla_core
    engine = runtime.deserialize_cuda_engine(path.read_bytes())
    if engine is None:
        raise ModelError(
            f"TensorRT {identity.tensorrt} refused the engine {path}",
            remedy=f"build it again: {identity.build_command(path.parent)}",
        )
    return engine


def _execution_context(engine: CudaEngine) -> ExecutionContext:
    context = engine.create_execution_context()
    if context is None:
        raise ModelError(
            "there is not enough GPU memory to run the engine", remedy="end other programs, or lower inference.batch"
        )
    return context


_BUILD_PLUGIN = "build it on this machine for this TensorRT: see cuda_kernels/README.md"
