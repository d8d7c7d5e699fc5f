"""Vehicles in frames, as a tracker would tell them."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Frame, Tracks
from traffic.passages.sight import Box, Sight


def sight(frame: Frame, box: Box, *, others: tuple[Box, ...] = (), score: float = 0.9) -> Sight:
    """A car in a frame, the first of those that are seen in it."""
    boxes = np.array([box, *others], np.float32)
    n = len(boxes)
    rows = np.arange(n)
    return Sight(frame, Tracks(rows + 1, rows, boxes, np.full(n, score, np.float32), np.zeros(n, np.int64)), 0)
