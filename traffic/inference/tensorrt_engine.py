"""TensorRT on an NVIDIA GPU; the only module that imports tensorrt and pycuda, and hands them to others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.cuda_graph import load_driver
from traffic.inference.cuda_memory import CudaBuffer, CudaDevice, CudaMemory, CudaScratch
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import fitting_engine
from traffic.inference.engine_identity import EngineIdentity, identity_for
from traffic.inference.engine_tensors import input_and_output
from traffic.inference.layer_profile import LayerTime, layer_profiler
from traffic.inference.quantisation import require_buildable
from traffic.inference.recordings import Recordings
from traffic.inference.tensorrt_plugin import register

if TYPE_CHECKING:
    from traffic.inference.tensorrt_api import CudaEngine, ExecutionContext, Profiler, Runtime

MAXIMUM_RECORDINGS = 16
"""Of one engine: batches of so many different makes are launched as graphs."""
Reach = Literal["both", "output", "none"]
"""What the CPU's side reaches of a network: its input and its output, the output alone, neither."""
_NO_TENSORRT = "install NVIDIA's TensorRT and its Python binding (on a Jetson they come with JetPack), and pycuda"


class TensorRtEngine:
    """Runs a built engine with all its buffers allocated at the start, on one stream, launched as CUDA graphs.

    A batch is always computed at the engine's full size, unused pictures left as they were: so a picture's result
    does not depend on how many pictures came with it. It is an Engine and a NetworkOnDevice.

    Args:
        path: the ONNX file; its engine lies beside it, or in `settings.engines`.
        size: input width and height in pixels.
        settings: precision, batch, plugin, calibration and graph.
        reach: what of it the CPU's side writes or reads; the rest is the GPU's own memory, without a twin.

    Raises:
        ModelError: no driver, no TensorRT, no pycuda, or no engine that fits, with the command that builds it; CUDA
            fails.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], settings: InferenceSettings, *, reach: Reach = "both"
    ) -> None:
        require_buildable(path, settings)
        device = open_device()
        tensorrt = load_tensorrt(settings.plugin)
        wanted = identity_for(path, size, settings, device, str(tensorrt.__version__))
        self.batch = wanted.batch
        self._tensorrt = tensorrt
        self._reach = reach
        self._profiler: Profiler | None = None
        with device.current(f"loading {wanted.file_name}"):
            engine = fitting_engine(settings.engines or path.parent, wanted, path.parent)
            self._engine = _deserialized(tensorrt, engine, wanted, path.parent)
            self._context = _execution_context(self._engine)
            self.memory = CudaMemory(device)
            self._input_name, self._output_name = input_and_output(tensorrt, self._engine)
            self._shape = (self.batch, 3, size[1], size[0])
            self._allocate()
            self.enqueue()  # TensorRT sets itself up in the first inference, which a graph must not record
            self.memory.synchronize()
            self.recordings = Recordings(self.memory.recorded, MAXIMUM_RECORDINGS if settings.graph else 0)

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        outputs = np.empty((len(images), *self.output.shape[1:]), np.float32)
        with self.memory.current("running the network"):
            pictures, answers = self.pictures.host, self.answers.host
            for first in range(0, len(images), self.batch):
                part = images[first : first + self.batch]
                np.copyto(pictures[: len(part)], part.transpose(0, 3, 1, 2), casting="safe")
                self._launch()
                self.memory.synchronize()
                outputs[first : first + len(part)] = answers[: len(part)]
        return outputs

    def timed_run(self) -> float:
        """Milliseconds of one inference of a full batch, whatever its pictures are, from the host's memory and back to
        it, by events in the stream.
        """
        with self.memory.current("timing the network"):
            return self.memory.timed(self._launch)

    def allocate(self) -> None:
        """Input and output anew, and the old ones freed: what a plain script does in every call.

        Raises:
            ModelError: the engine runs as a graph, which holds on to the addresses.
        """
        if self.recordings.limit > 0:
            raise ModelError("a CUDA graph keeps its buffers", remedy="open the engine with graph: false")
        with self.memory.current("allocating input and output"):
            self._allocate()

    @property
    def pictures(self) -> CudaBuffer:
        """The input where the CPU's side can write it.

        Raises:
            ModelError: the engine was opened to keep it on the device.
        """
        return _reached(self.input)

    @property
    def answers(self) -> CudaBuffer:
        """See NetworkOnDevice.answers."""
        return _reached(self.output)

    def layer_times(self, runs: int) -> list[list[LayerTime]]:
        """How long each layer takes, run by run; the engine is slower from then on.

        Args:
            runs: how many inferences.

        Raises:
            ModelError: the engine runs as a graph, in which layers cannot be told apart.
        """
        if self.recordings.limit > 0:
            raise ModelError("layers are timed without a CUDA graph", remedy="open the engine with graph: false")
        taken: list[LayerTime] = []
        measured = []
        with self.memory.current("timing layers"):
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
        self.recordings.put("pictures", self._send_compute_fetch)

    def _send_compute_fetch(self) -> None:
        self.pictures.send()
        self.enqueue()
        self.answers.fetch()

    def _allocate(self) -> None:
        if not self._context.set_input_shape(self._input_name, self._shape):
            raise ModelError(f"the engine does not take {self._shape}", remedy="build it for this size and batch")
        output_shape = tuple(self._context.get_tensor_shape(self._output_name))
        self.input: CudaBuffer | CudaScratch = self._place(self._shape, reached=self._reach == "both")
        self.output: CudaBuffer | CudaScratch = self._place(output_shape, reached=self._reach != "none")
        self._context.set_tensor_address(self._input_name, self.input.address)
        self._context.set_tensor_address(self._output_name, self.output.address)

    def _place(self, shape: tuple[int, ...], *, reached: bool) -> CudaBuffer | CudaScratch:
        return self.memory.buffer(shape, np.float32) if reached else self.memory.scratch(shape, np.float32)

    def __enter__(self) -> TensorRtEngine:
        return self

    def __exit__(self, *error: object) -> None:
        with self.memory.current("closing the network"):
            self.memory.synchronize()
            self.recordings.close()


def open_device() -> CudaDevice:
    """The first GPU.

    Raises:
        ModelError: there is no driver, no pycuda, or no GPU.
    """
    load_driver()
    return CudaDevice(_load_pycuda())


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


@cache
def _register(plugin: Path) -> None:
    """Once a process."""
    import tensorrt

    register(tensorrt.get_plugin_registry(), plugin)


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


def _reached(place: CudaBuffer | CudaScratch) -> CudaBuffer:
    if isinstance(place, CudaBuffer):
        return place
    raise ModelError(
        "expected memory that the CPU's side reaches, but the network was opened to keep it on the device",
        remedy='open it with reach "both", or "output" where only the answers are fetched',
    )


def _deserialized(tensorrt: ModuleType, path: Path, identity: EngineIdentity, cards: Path) -> CudaEngine:
    runtime: Runtime = tensorrt.Runtime(tensorrt.Logger(tensorrt.Logger.WARNING))
    if identity.dla_core is not None:
        runtime.DLA_core = identity.dla_core
    engine = runtime.deserialize_cuda_engine(path.read_bytes())
    if engine is None:
        raise ModelError(
            f"TensorRT {identity.tensorrt} refused the engine {path}",
            remedy=f"build it again: {identity.build_command(cards, path.parent)}",
        )
    return engine


def _execution_context(engine: CudaEngine) -> ExecutionContext:
    context = engine.create_execution_context()
    if context is None:
        raise ModelError(
            "there is not enough GPU memory to run the engine", remedy="end other programs, or lower inference.batch"
        )
    return context
