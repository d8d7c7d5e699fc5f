"""The simulated intersections as labelled sequences: at any frame rate, with jumps of it and with frames missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traffic.evaluation.tracking_sequences import LabelledSequence, TrueFrame
from traffic.simulation.intersection import FilmedFrame, IntersectionScene, film_intersection, frame_times

COUNTED_VISIBLE = 0.25
"""Vehicles of which less is to be seen count neither for nor against."""


def simulated_sequence(name: str, scene: IntersectionScene, seconds: Sequence[float], seed: int) -> LabelledSequence:
    """A scene filmed at these moments."""
    frames = list(film_intersection(scene, seconds, seed))
    return LabelledSequence(
        name,
        (len(seconds) - 1) / (seconds[-1] - seconds[0]),
        tuple(frame.pts_ns for frame in frames),
        tuple(_truth(frame) for frame in frames),
        tuple(frame.detections for frame in frames),
    )


def with_drops(seconds: Sequence[float], share: float, seed: int) -> list[float]:
    """A `share` of the frames is missing, one by one and in runs of up to half a second."""
    rng = np.random.default_rng([seed, 0xD0])
    kept = rng.random(len(seconds)) >= share / 2
    run = max(1, round(0.5 / (seconds[1] - seconds[0])))
    for start in np.flatnonzero(rng.random(len(seconds)) < share / 2 / run):
        kept[start : start + run] = False
    return [moment for moment, there in zip(seconds, kept, strict=True) if there]


def jumping_rate(
    duration_s: float, rates: Sequence[float] = (25.0, 5.0, 50.0, 12.5), each_s: float = 4.0
) -> list[float]:
    """Every `each_s` seconds the next frame rate."""
    parts = [
        np.asarray(frame_times(rates[i % len(rates)], each_s)) + i * each_s for i in range(int(duration_s / each_s))
    ]
    return [float(moment) for part in parts for moment in part]


def _truth(frame: FilmedFrame) -> TrueFrame:
    sight = frame.sight
    wanted = sight.visible >= COUNTED_VISIBLE
    return TrueFrame(sight.ids, sight.xyxy.astype(np.float64), wanted, np.zeros((0, 4)))
