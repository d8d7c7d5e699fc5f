"""The figures of a race."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from traffic.benchmark.engines import EngineTime
from traffic.benchmark.lap import MILLISECONDS, Lap


@dataclass(frozen=True, slots=True)
class LapRow:
    """One program in one round; milliseconds are a frame's."""

    program: str
    round: int
    frames: int
    tracked_boxes: int
    frames_per_second: float
    wall_ms: float
    cpu_ms: float

    @classmethod
    def of(cls, program: str, number: int, lap: Lap) -> LapRow:
        """The figures of a lap."""
        wall_ms, cpu_ms = lap.wall_ms_a_frame, lap.cpu_ms_a_frame
        return cls(program, number, lap.frames, lap.tracked_boxes, MILLISECONDS / wall_ms, wall_ms, cpu_ms)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside one plain loop: its milliseconds through ours, so above 1 ours is the faster or the cheaper.

    Attributes:
        against: the plain loop.
        wall_ratios, cpu_ratios: round by round.
        wall_ratio, cpu_ratio: their medians.
    """

    against: str
    wall_ratios: tuple[float, ...]
    cpu_ratios: tuple[float, ...]
    wall_ratio: float
    cpu_ratio: float

    @classmethod
    def of(cls, ours: Sequence[LapRow], plain: Sequence[LapRow]) -> Comparison:
        """Two programs' laps, as many of each, in the rounds' order."""
        wall = tuple(theirs.wall_ms / mine.wall_ms for mine, theirs in zip(ours, plain, strict=True))
        cpu = tuple(theirs.cpu_ms / mine.cpu_ms for mine, theirs in zip(ours, plain, strict=True))
        return cls(plain[0].program, wall, cpu, statistics.median(wall), statistics.median(cpu))


@dataclass(frozen=True, slots=True)
class StageTime:
    """One stage of one program.

    Attributes:
        wall_ms: a frame, the median of the rounds.
        share: of the program's stages together.
    """

    program: str
    stage: str
    wall_ms: float
    share: float


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All that was measured.

    Attributes:
        video: the file's name, frame width and height.
        cores: that the process may use.
        laps: every counted lap.
        comparisons: ours beside each plain loop, the strongest first.
        stages: of ours in one thread, its capture timed by itself, and of each plain loop.
        engines: the network alone.
        missing: what was left out, why, and the command that mends it.
    """

    video: str
    width: int
    height: int
    cores: int
    laps: tuple[LapRow, ...]
    comparisons: tuple[Comparison, ...]
    stages: tuple[StageTime, ...]
    engines: tuple[EngineTime, ...]
    missing: tuple[str, ...]


def stage_times(program: str, laps: Sequence[Lap]) -> tuple[StageTime, ...]:
    """The stages of one program's laps."""
    names = laps[0].stage_s
    medians = {name: statistics.median(lap.stage_s[name] * MILLISECONDS / lap.frames for lap in laps) for name in names}
    total = sum(medians.values())
    return tuple(StageTime(program, name, wall_ms, wall_ms / total) for name, wall_ms in medians.items())
