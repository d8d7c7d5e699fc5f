"""The one place that remembers things per track, and forgets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TrackMemory(Generic[T]):
    """What a stage remembers of each track of each camera, until it is told that the track ended.

    Args:
        create: makes the memory of a track that is seen for the first time.
    """

    def __init__(self, create: Callable[[], T]) -> None:
        self._create = create
        self._remembered: dict[tuple[str, int], T] = {}

    def recall(self, camera_id: str, track_id: int) -> T:
        """The track's memory, made if there is none."""
        key = (camera_id, track_id)
        if key not in self._remembered:
            self._remembered[key] = self._create()
        return self._remembered[key]

    def forget(self, camera_id: str, track_id: int) -> T | None:
        """Take the track's memory out; None if there is none."""
        return self._remembered.pop((camera_id, track_id), None)

    def __len__(self) -> int:
        return len(self._remembered)
