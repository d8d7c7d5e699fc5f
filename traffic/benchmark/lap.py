"""What one program took to go through a whole video once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True)
class Lap:
    """One way through the video.

    Attributes:
        frames: that went through everything.
        tracked_boxes: boxes with a track's id, summed over the frames.
        wall_s: from the first frame asked for to the last one done; building engines is not in it.
        cpu_s: of all threads of the process in that time.
        stage_s: wall seconds in each stage that the program tells apart.
    """

    frames: int
    tracked_boxes: int
    wall_s: float
    cpu_s: float
    stage_s: dict[str, float]

    @property
    def wall_ms_a_frame(self) -> float:
        """Wall milliseconds a frame."""
        return self.wall_s * MILLISECONDS / self.frames

    @property
    def cpu_ms_a_frame(self) -> float:
        """CPU milliseconds a frame."""
        return self.cpu_s * MILLISECONDS / self.frames


class Program(Protocol):
    """Something that goes through the video."""

    @property
    def name(self) -> str:
        """As it is called in the tables."""
        ...

    def run(self, limit: int | None = None) -> Lap:
        """Go through the video, or about the first `limit` frames of it."""
        ...


class Stopwatch:
    """Wall and CPU seconds since it was made, and wall seconds a stage."""

    def __init__(self) -> None:
        self.stage_s: dict[str, float] = {}
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the block's wall time to `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.stage_s[name] = self.stage_s.get(name, 0.0) + time.perf_counter() - start

    def elapsed_s(self) -> tuple[float, float]:
        """Wall and CPU seconds."""
        return time.perf_counter() - self._wall, time.process_time() - self._cpu
