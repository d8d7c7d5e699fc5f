"""How much processor time a tracker takes for a frame, beside others on the same detections in the same run.

Processor time of all its threads and not the clock's: on a machine that does other work as well, whoever takes longer
for a frame would wait more often besides.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Detections, Float64Array
from traffic.evaluation.tracking_peers import Begin, Update

FPS, FRAME_NS = 25.0, 40_000_000
FRAME_SIZE = (3840, 2160)
WARM_FRAMES, COUNTED_FRAMES = 20, 60
MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class TrackerTime:
    """One tracker with so many vehicles in view.

    Attributes:
        tracker: its name.
        objects: vehicles on the road.
        frame_us: microseconds of processor time a frame: the median of the rounds' medians.
        ratio: how many times as long as the first tracker's, the median of the rounds' ratios.
    """

    tracker: str
    objects: int
    frame_us: float
    ratio: float


def crowd(objects: int, frames: int, seed: int = 0) -> list[Detections]:
    """Vehicles of 30 to 170 pixels that drive through a 3840x2160 picture at 25 frames a second, each its own way.

    One in twenty is missed in a frame, one in seven is found weakly.
    """
    rng = np.random.default_rng([seed, objects])
    middle, step = rng.uniform((0, 0), FRAME_SIZE, (objects, 2)), rng.normal(0, 4, (objects, 2))
    half = rng.uniform(15, 60, (objects, 1)) * (1.4, 1.0)
    return [_frame((middle + i * step) % FRAME_SIZE, half, rng) for i in range(frames)]


def time_trackers(
    trackers: Mapping[str, Begin], counts: Sequence[int], rounds: int, frames: int = COUNTED_FRAMES
) -> tuple[TrackerTime, ...]:
    """Time the trackers in turn, each begun anew for each round, `frames` counted after WARM_FRAMES that are not."""
    rows: list[TrackerTime] = []
    for objects in counts:
        film = crowd(objects, WARM_FRAMES + frames)
        times = [[_time(begin(FPS), film) for begin in trackers.values()] for _ in range(rounds)]
        rows += [
            TrackerTime(
                name,
                objects,
                frame_us=statistics.median(each[place] for each in times),
                ratio=statistics.median(each[place] / each[0] for each in times),
            )
            for place, name in enumerate(trackers)
        ]
    return tuple(rows)


def _time(update: Update, film: Sequence[Detections]) -> float:
    """The median of the counted frames, microseconds."""
    seconds = []
    for index, detections in enumerate(film):
        start = time.process_time()
        update(detections, index * FRAME_NS)
        seconds.append(time.process_time() - start)
    return statistics.median(seconds[WARM_FRAMES:]) * MICROSECONDS


def _frame(middle: Float64Array, half: Float64Array, rng: np.random.Generator) -> Detections:
    seen = middle + rng.normal(0, 1, middle.shape)
    weak = rng.random(len(seen)) < 0.15
    scores = np.where(weak, rng.uniform(0.15, 0.5, len(seen)), rng.uniform(0.6, 0.95, len(seen)))
    found = rng.random(len(seen)) > 0.05
    boxes = np.concatenate([seen - half, seen + half], axis=1)[found]
    return Detections(boxes.astype(np.float32), scores[found].astype(np.float32), np.zeros(len(boxes), np.int64))
