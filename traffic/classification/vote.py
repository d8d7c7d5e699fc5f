"""The type of a vehicle, voted over its track."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES


class ClassVote:
    """Adds up the detector's scores per class; one vote a frame, weighted by its score."""

    def __init__(self) -> None:
        self._weights = np.zeros(len(VEHICLE_CLASSES))

    def add(self, class_id: int, score: float) -> None:
        """Count one detection's class with weight `score`."""
        self._weights[class_id] += score

    def winner(self) -> tuple[str, float]:
        """The class with most weight, the first of equals, and its share of all weight (0 before the first vote)."""
        total = float(self._weights.sum())
        best = int(self._weights.argmax())
        return VEHICLE_CLASSES[best], float(self._weights[best]) / total if total > 0 else 0.0
