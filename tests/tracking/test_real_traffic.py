"""The tracker on real boxes: PointRCNN's cars in the KITTI tracking sequences, judged by their ground truth."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from traffic.datatypes import Detections
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

DATA = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "mot" / "kitti_tracking"
RATE_HZ = 10

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real boxes: {DATA} is absent (set TRAFFIC_DATA)")


def _truth(sequence: str) -> dict[int, list[tuple[int, list[float]]]]:
    """Frame -> (id, box) of every car."""
    cars: dict[int, list[tuple[int, list[float]]]] = {}
    with gzip.open(DATA / "gt" / f"{sequence}.txt.gz", "rt") as lines:
        for line in lines:
            word = line.split()
            if word[2] == "Car":
                cars.setdefault(int(word[0]), []).append((int(word[1]), [float(v) for v in word[6:10]]))
    return cars


def _detections(sequence: str, frame: int, table: np.ndarray) -> Detections:
    rows = table[table[:, 0] == frame]
    scores = 1 / (1 + np.exp(-(rows[:, 5] - 2) / 2))
    return Detections(rows[:, 1:5].astype(np.float32), scores.astype(np.float32), np.zeros(len(rows), np.int64))


def _iou(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


def _share_of_right_identity(sequence: str, every: int) -> float:
    """Of all told boxes that cover a true car: how many bear the one id that is counted as this car's."""
    table = np.loadtxt(DATA / "det_pointrcnn_car" / f"{sequence}.txt.gz", delimiter=",", ndmin=2)
    truth, tracker, together = _truth(sequence), Tracker(TrackerSettings()), Counter[tuple[int, int]]()
    for frame in range(0, max(truth) + 1, every):
        tracks = tracker.update(_detections(sequence, frame, table), frame * 10**9 // RATE_HZ)
        for car, box in truth.get(frame, []):
            overlaps = [_iou(box, told) for told in tracks.xyxy.tolist()]
            if overlaps and max(overlaps) >= 0.5:
                together[car, int(tracks.track_ids[int(np.argmax(overlaps))])] += 1
    counts = np.zeros(np.array(list(together)).max(axis=0) + 1)
    for pair, count in together.items():
        counts[pair] = count
    return float(counts[linear_sum_assignment(counts, maximize=True)].sum() / counts.sum())


@pytest.mark.parametrize(
    ("sequence", "every", "least"),
    [
        ("0001", 1, 0.95),
        ("0006", 1, 0.97),
        ("0011", 1, 0.93),
        ("0011", 2, 0.92),
        ("0018", 2, 0.97),
    ],
)
def test_real_cars_keep_their_identity(sequence, every, least):
    assert _share_of_right_identity(sequence, every) >= least
