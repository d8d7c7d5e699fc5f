"""A GPU's memory and streams, through pycuda's driver module, which is handed in: tensorrt_engine.py imports it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from traffic.errors import ModelError
from traffic.inference.cuda_graph import CudaGraph, load_driver


class CudaDevice:
    """The first GPU, through its primary context; every use of the GPU happens inside `current`.

    Args:
        cuda: `pycuda.driver`, initialised.

    Raises:
        ModelError: the driver refuses.
    """

    def __init__(self, cuda: ModuleType) -> None:
        self.cuda = cuda
        with told(cuda, "opening it"):
            self._device = cuda.Device(0)
            self._context = self._device.retain_primary_context()
            self.name = str(self._device.name())
            major, minor = self._device.compute_capability()
            self.compute_capability = f"{major}.{minor}"
            self.shares_memory = bool(self._device.get_attribute(cuda.device_attribute.INTEGRATED))
            """Whether the GPU works in the CPU's memory, as on a Jetson: nothing is copied then."""

    @contextmanager
    def current(self, doing: str = "computing") -> Iterator[None]:
        """Makes the GPU this thread's for as long as the `with` lasts.

        Args:
            doing: what for, in the words of an error.

        Raises:
            ModelError: in place of any error of CUDA's in the `with`, and where memory ran out.
        """
        with told(self.cuda, doing):
            self._context.push()
            try:
                yield
            finally:
                self.cuda.Context.pop()


@contextmanager
def told(cuda: ModuleType, doing: str) -> Iterator[None]:
    """Turns CUDA's errors and those of memory that ran out into ModelError, which says what was being done.

    Args:
        cuda: `pycuda.driver`, whose errors they are.
        doing: in words that follow "while".
    """
    try:
        yield
    except (cuda.MemoryError, MemoryError) as error:
        raise ModelError(f"the GPU's memory ran out while {doing}: {error}", remedy=_NO_MEMORY) from error
    except cuda.Error as error:
        raise ModelError(f"the GPU failed while {doing}: {error}", remedy=_FAILED) from error


_NO_MEMORY = "end other programs that use the GPU, or lower inference.batch and build the engines for it"
_FAILED = "start again; if it comes back, see the driver's own words in `sudo dmesg` and set inference.graph to false"


class CudaBuffer:
    """See DeviceBuffer: page-locked; where the GPU works in the CPU's memory, the same memory for both."""

    def __init__(self, device: CudaDevice, stream: object, shape: Sequence[int], dtype: DTypeLike) -> None:
        self._cuda, self._stream = device.cuda, stream
        flags = device.cuda.host_alloc_flags.DEVICEMAP if device.shares_memory else 0
        self.shape = tuple(shape)
        self.host: NDArray[Any] = device.cuda.pagelocked_zeros(self.shape, np.dtype(dtype), mem_flags=flags)
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


class CudaScratch:
    """See DeviceScratch: the GPU's own memory, without a twin on the CPU's side."""

    def __init__(self, device: CudaDevice, shape: Sequence[int], dtype: DTypeLike) -> None:
        self.shape = tuple(shape)
        size = math.prod(self.shape) * np.dtype(dtype).itemsize
        self._memory = device.cuda.mem_alloc(size)
        self.address = int(self._memory)
        device.cuda.memset_d8(self.address, 0, size)


class CudaMemory:
    """See DeviceMemory: one stream of one GPU, made inside `device.current()`."""

    def __init__(self, device: CudaDevice) -> None:
        self._device = device
        self._stream = device.cuda.Stream()
        self.stream = int(self._stream.handle)

    def buffer(self, shape: Sequence[int], dtype: DTypeLike) -> CudaBuffer:
        """See DeviceMemory.buffer."""
        return CudaBuffer(self._device, self._stream, shape, dtype)

    def scratch(self, shape: Sequence[int], dtype: DTypeLike) -> CudaScratch:
        """See DeviceMemory.scratch."""
        return CudaScratch(self._device, shape, dtype)

    def current(self, doing: str = "computing") -> AbstractContextManager[None]:
        """See DeviceMemory.current."""
        return self._device.current(doing)

    def timed(self, work: Callable[[], None]) -> float:
        """See DeviceMemory.timed: by two events in the stream, one before the work and one behind it."""
        start, end = self._device.cuda.Event(), self._device.cuda.Event()
        start.record(self._stream)
        work()
        end.record(self._stream)
        end.synchronize()
        return float(start.time_till(end))

    def recorded(self, work: Callable[[], None]) -> CudaGraph:
        """See DeviceMemory.recorded.

        Raises:
            ModelError: the driver refuses.
        """
        return CudaGraph(load_driver(), self.stream, work)

    def synchronize(self) -> None:
        """See DeviceMemory.synchronize."""
        self._stream.synchronize()
