"""Frames on the device, each uploaded once for every stage that looks at it.

The stages run in threads of their own, each network with a stream of its own, and need no events between them: a
frame can be found only when its upload is done, and its place is not given to another while somebody holds it.
Whoever holds frames waits for the work that reads them before letting go.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Frame
from traffic.errors import ModelError
from traffic.inference.device_memory import DeviceBuffer, DeviceMemory
from traffic.inference.kernel_records import PictureOnDevice

FrameKey = tuple[str, str, int]


@dataclass(slots=True)
class FrameTraffic:
    """What was uploaded.

    Attributes:
        uploads: frames, each time that one was.
        repeats: of those, how many had been there before, and were gone when they were looked at again.
        bytes: of pixels.
    """

    uploads: int = 0
    repeats: int = 0
    bytes: int = 0


@dataclass(slots=True, eq=False)
class _Slot:
    """A place for one frame; `key` is None until it can be found, `uploaded` orders the places by age."""

    buffer: DeviceBuffer | None = None
    address: int = 0
    key: FrameKey | None = None
    holders: int = 0
    uploaded: int = 0


class DeviceFrames:
    """The last frames of all cameras on the device.

    Args:
        memory: of the device, with a stream for uploads alone.
        capacity: frames that there is room for; the oldest that nobody holds makes room for the next.
    """

    def __init__(self, memory: DeviceMemory, capacity: int) -> None:
        self._memory = memory
        self._slots = [_Slot() for _ in range(capacity)]
        self._freed = threading.Condition()
        self.traffic = FrameTraffic()

    @contextmanager
    def arriving(self, frames: Sequence[Frame]) -> Iterator[list[PictureOnDevice]]:
        """Frames that have just come: each is uploaded, whatever was there under its camera, recording and index.

        They stay at least for as long as the `with` lasts. Waits while others hold too many; a thread holds frames by
        one `with` at a time.

        Raises:
            ModelError: there is not room for so many at once.
        """
        self._forget(frames)
        with self._held(frames) as (pictures, _):
            yield pictures

    @contextmanager
    def again(self, frames: Sequence[Frame]) -> Iterator[list[PictureOnDevice]]:
        """Frames that have been there; those that are gone are uploaded again, and counted.

        Raises:
            ModelError: see `arriving`.
        """
        with self._held(frames) as (pictures, uploads):
            with self._freed:
                self.traffic.repeats += uploads
            yield pictures

    @contextmanager
    def _held(self, frames: Sequence[Frame]) -> Iterator[tuple[list[PictureOnDevice], int]]:
        slots, missing = self._hold(frames)
        try:
            with self._memory.current("sending frames to it"):
                self._upload([(frame, slot) for frame, slot in zip(frames, slots, strict=True) if slot in missing])
                yield [_picture(slot, frame) for slot, frame in zip(slots, frames, strict=True)], len(missing)
        finally:
            with self._freed:
                for slot in slots:
                    slot.holders -= 1
                self._freed.notify_all()

    def _forget(self, frames: Sequence[Frame]) -> None:
        keys = {_key(frame) for frame in frames}
        with self._freed:
            for slot in self._slots:
                slot.key = None if slot.key in keys else slot.key

    def _hold(self, frames: Sequence[Frame]) -> tuple[list[_Slot], list[_Slot]]:
        """A place for each frame, and those of the places that have to be filled."""
        if len(frames) > len(self._slots):
            raise ModelError(
                f"expected {len(self._slots)} frames on the device at most, got {len(frames)} at once",
                remedy="lower inference.batch",
            )
        with self._freed:
            while (places := self._places([_key(frame) for frame in frames])) is None:
                self._freed.wait()
            for slot in places[0]:
                slot.holders += 1
            return places

    def _places(self, keys: Sequence[FrameKey]) -> tuple[list[_Slot], list[_Slot]] | None:
        """Each one's own where it is there, else the oldest, whose frame is forgotten. None: too few are free."""
        there = {slot.key: slot for slot in self._slots if slot.key in keys}
        free = [slot for slot in self._slots if slot.holders == 0 and slot.key not in there]
        missing = sorted(free, key=lambda slot: slot.uploaded)[: sum(key not in there for key in keys)]
        if len(missing) < sum(key not in there for key in keys):
            return None
        for slot in missing:
            slot.key = None
        oldest = iter(missing)
        return [there[key] if key in there else next(oldest) for key in keys], missing

    def _upload(self, missing: Sequence[tuple[Frame, _Slot]]) -> None:
        """Fill places, wait for it, and let the frames be found."""
        for frame, slot in missing:
            self._send(frame, slot)
        if missing:
            self._memory.synchronize()
        with self._freed:
            for frame, slot in missing:
                self.traffic.uploads += 1
                self.traffic.bytes += frame.image.nbytes
                slot.key, slot.uploaded = _key(frame), self.traffic.uploads

    def _send(self, frame: Frame, slot: _Slot) -> None:
        """Into the place's buffer, which is as large as its largest frame so far."""
        if slot.buffer is None or slot.buffer.host.size < frame.image.size:
            slot.buffer = self._memory.buffer((frame.image.size,), np.uint8)
            slot.address = slot.buffer.address
        np.copyto(slot.buffer.host[: frame.image.size].reshape(frame.image.shape), frame.image)
        slot.buffer.send(frame.image.size)


def _picture(slot: _Slot, frame: Frame) -> PictureOnDevice:
    height, width = frame.image.shape[:2]
    return PictureOnDevice(slot.address, width, height)


def _key(frame: Frame) -> FrameKey:
    return frame.camera_id, frame.recording_id, frame.index
