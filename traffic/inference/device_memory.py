"""What a stage that computes on a device needs of its memory, whatever the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from numpy.typing import DTypeLike, NDArray

from traffic.inference.recordings import Recording, Recordings


class DeviceScratch(Protocol):
    """Memory of the device that this side never reaches."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array."""
        ...

    @property
    def address(self) -> int:
        """Where it lies on the device."""
        ...


class DeviceBuffer(Protocol):
    """An array that both sides reach; where they share their memory, sending and fetching do nothing."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array."""
        ...

    @property
    def host(self) -> NDArray[Any]:
        """This side's array."""
        ...

    @property
    def address(self) -> int:
        """Where it lies on the device."""
        ...

    def send(self, rows: int | None = None) -> None:
        """Copy to the device, in the stream; the first `rows` alone, or all."""
        ...

    def fetch(self) -> None:
        """Copy from the device, in the stream."""
        ...


class DeviceMemory(Protocol):
    """Allocates buffers, and orders what is done with them in one stream."""

    @property
    def stream(self) -> int:
        """The stream's handle, for launchers."""
        ...

    def buffer(self, shape: Sequence[int], dtype: DTypeLike) -> DeviceBuffer:
        """Zeros, for as long as it is referred to."""
        ...

    def scratch(self, shape: Sequence[int], dtype: DTypeLike) -> DeviceScratch:
        """Zeros of the device's own, for as long as it is referred to: for what this side neither sends nor fetches."""
        ...

    def current(self, doing: str = "computing") -> AbstractContextManager[None]:
        """The device is this thread's for as long as the `with` lasts; its errors are ModelErrors, which say what was
        being done.
        """
        ...

    def timed(self, work: Callable[[], None]) -> float:
        """Milliseconds on the device's own clock from before the work that is put into the stream to its end."""
        ...

    def recorded(self, work: Callable[[], None]) -> Recording:
        """What `work` puts into the stream, to be launched later; nothing of it is computed yet."""
        ...

    def synchronize(self) -> None:
        """Waits until everything in the stream is done."""
        ...


class NetworkOnDevice(Protocol):
    """A network whose input and output are on the device; a context manager that owns both. One thread uses it."""

    @property
    def memory(self) -> DeviceMemory:
        """Where it works."""
        ...

    @property
    def batch(self) -> int:
        """Pictures of one inference."""
        ...

    @property
    def input(self) -> DeviceScratch:
        """(batch, 3, h, w) float32."""
        ...

    @property
    def output(self) -> DeviceScratch:
        """(batch, ...) float32."""
        ...

    @property
    def answers(self) -> DeviceBuffer:
        """The output where this side can fetch it.

        Raises:
            ModelError: the network was opened to keep it on the device.
        """
        ...

    @property
    def recordings(self) -> Recordings:
        """Of work in its stream that the network is a part of; they end with the network."""
        ...

    def enqueue(self) -> None:
        """Put one inference into the stream."""
        ...

    def __enter__(self) -> NetworkOnDevice: ...

    def __exit__(self, *error: object) -> None: ...
