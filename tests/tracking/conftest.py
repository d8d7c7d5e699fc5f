"""A road without a camera: vehicles are functions of time, and a film is what a perfect detector sees of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from traffic.datatypes import Detections, Tracks
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

SECOND_NS = 1_000_000_000


@dataclass(frozen=True)
class Vehicle:
    """Centre (x, y) at t = 0 in pixels, its velocity in pixels a second, its size, and when it cannot be seen."""

    x: float = 500.0
    y: float = 500.0
    vx: float = 0.0
    vy: float = 0.0
    width: float = 120.0
    height: float = 90.0
    score: float = 0.9
    hidden: Sequence[tuple[float, float]] = ()
    weak: Sequence[tuple[float, float]] = ()
    class_id: int = 0

    def seen_at(self, t: float) -> bool:
        return not any(start <= t < end for start, end in self.hidden)

    def score_at(self, t: float) -> float:
        return 0.2 if any(start <= t < end for start, end in self.weak) else self.score

    def box_at(self, t: float) -> list[float]:
        x, y = self.x + self.vx * t, self.y + self.vy * t
        return [x - self.width / 2, y - self.height / 2, x + self.width / 2, y + self.height / 2]


@dataclass
class Film:
    """What a tracker said about the vehicles: the ids of each, in order, and what it told as ended."""

    ids: list[list[int]]
    told: list[tuple[float, Tracks]] = field(default_factory=list)
    finished: tuple[int, ...] = ()

    @property
    def ended(self) -> list[int]:
        return [i for _, tracks in self.told for i in tracks.ended_ids] + list(self.finished)


def detections(
    boxes: Sequence[Sequence[float]], scores: Sequence[float], classes: Sequence[int] | None = None
) -> Detections:
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array([0] * len(scores) if classes is None else classes, np.int64),
    )


def times(fps: float, seconds: float) -> list[float]:
    return [i / fps for i in range(round(fps * seconds))]


def film(vehicles: Sequence[Vehicle], at: Iterable[float], settings: TrackerSettings | None = None) -> Film:
    tracker = Tracker(settings or TrackerSettings())
    result = Film([[] for _ in vehicles])
    for t in at:
        shown = [i for i, vehicle in enumerate(vehicles) if vehicle.seen_at(t)]
        frame = detections(
            [vehicles[i].box_at(t) for i in shown],
            [vehicles[i].score_at(t) for i in shown],
            [vehicles[i].class_id for i in shown],
        )
        tracks = tracker.update(frame, round(t * SECOND_NS))
        for track_id, row in zip(tracks.track_ids.tolist(), tracks.detection_index.tolist(), strict=True):
            result.ids[shown[row]].append(track_id)
        result.told.append((t, tracks))
    result.finished = tracker.finish()
    return result


@pytest.fixture(name="film", scope="session")
def _film() -> Callable[..., Film]:
    return film


@pytest.fixture(name="vehicle", scope="session")
def _vehicle() -> type[Vehicle]:
    return Vehicle


@pytest.fixture(name="times", scope="session")
def _times() -> Callable[[float, float], list[float]]:
    return times


@pytest.fixture(name="boxes", scope="session")
def _boxes() -> Callable[..., Detections]:
    return detections
