"""What a stage that computes on a device needs of its memory, whatever the device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from numpy.typing import DTypeLike, NDArray

from traffic.inference.recordings import Recording, Recordings


class DeviceBuffer(Protocol):
    """An array that both sides reach; where they share their memory, sending and fetching do nothing."""

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

    def current(self) -> AbstractContextManager[None]:
        """The device is this thread's for as long as the `with` lasts."""
        ...

    def recorded(self, work: Callable[[], None]) -> Recording:
        """What `work` puts into the stream, to be launched later; nothing of it is computed yet."""
        ...

    def synchronize(self) -> None:
        """Waits until everything in the stream is done."""
        ...


class NetworkOnDevice(Protocol):
    """A network whose input and output stay on the device; a context manager that owns both. One thread uses it."""

    @property
    def memory(self) -> DeviceMemory:
        """Where it works."""
        ...

    @property
    def batch(self) -> int:
        """Pictures of one inference."""
        ...

    @property
    def input(self) -> DeviceBuffer:
        """(batch, 3, h, w) float32."""
        ...

    @property
    def output(self) -> DeviceBuffer:
        """(batch, ...) float32."""
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
