"""Type and colour of a vehicle, voted over its track."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from traffic.classification.classifier import Appearance
from traffic.datatypes import VEHICLE_CLASSES, Float64Array
from traffic.geometry import cut_by_border

Box = tuple[float, float, float, float]

FULL_WEIGHT_SIDE_PX = 64.0
"""A box whose shorter side is at least this counts in full, a smaller one in proportion."""
CUT_WEIGHT = 0.2
"""What remains of the weight of a box that the border cuts."""
BORDER_MARGIN_PX = 2.0
LEAST_COLOUR_SHARE = 0.4
"""Below this share the colour is not told."""

DETECTED_AS: MappingProxyType[str, tuple[float, ...]] = MappingProxyType(
    {
        "car": (0.86, 0.08, 0.01, 0.04, 0.01),
        "van": (0.40, 0.40, 0.05, 0.14, 0.01),
        "pickup": (0.55, 0.12, 0.01, 0.31, 0.01),
        "truck": (0.06, 0.14, 0.06, 0.73, 0.01),
        "articulated_truck": (0.02, 0.04, 0.10, 0.83, 0.01),
        "bus": (0.03, 0.06, 0.75, 0.15, 0.01),
        "motorcycle": (0.04, 0.01, 0.01, 0.01, 0.93),
    }
)
"""How often a detector is supposed to call a vehicle of each type by each of VEHICLE_CLASSES."""


class ClassVote:
    """Adds up the detector's scores per class; one vote a frame, weighted by its score."""

    def __init__(self) -> None:
        self._weights = np.zeros(len(VEHICLE_CLASSES))

    def add(self, class_id: int, score: float) -> None:
        """Count one detection's class with weight `score`."""
        self._weights[class_id] += score

    def winner(self) -> tuple[str, float]:
        """The class with most weight, the first of equals, and its share of all weight (0 before the first vote)."""
        best = int(self._weights.argmax())
        return VEHICLE_CLASSES[best], float(self.shares()[best])

    def shares(self) -> Float64Array:
        """(len(VEHICLE_CLASSES),) each class's share of all weight; all 0 before the first vote."""
        total = float(self._weights.sum())
        return self._weights / total if total > 0 else self._weights.copy()


class AppearanceVote:
    """What the classifier saw in some frames of a track, together with what the detector called it in all of them.

    The classifier's probabilities are averaged, weighted by how well the vehicle was to be seen. The detector's
    votes then count as one more witness: a type's probability is multiplied by how likely a detector is to give the
    classes that it gave.

    Args:
        types, colours: the classifier's names; every type is one of DETECTED_AS.
    """

    def __init__(self, types: Sequence[str], colours: Sequence[str]) -> None:
        self._types = tuple(types)
        self._colours = tuple(colours)
        self._detected_as = np.array([DETECTED_AS[name] for name in self._types])
        self._detected = ClassVote()
        self._type_weights = np.zeros(len(self._types))
        self._colour_weights = np.zeros(len(self._colours))

    def add_detection(self, class_id: int, score: float) -> None:
        """Count one frame's class of the detector, an index into VEHICLE_CLASSES, with weight `score`."""
        self._detected.add(class_id, score)

    def add_appearance(self, appearance: Appearance, xyxy: Box, frame_size: tuple[int, int]) -> None:
        """Count one classified crop.

        Args:
            appearance: the classifier's answer.
            xyxy: the vehicle's box.
            frame_size: (width, height) of the frame, to know which boxes the border cuts.
        """
        weight = crop_quality(xyxy, frame_size)
        self._type_weights += weight * appearance.type_probabilities
        self._colour_weights += weight * appearance.colour_probabilities

    def type(self) -> tuple[str, float]:
        """The likeliest type and its probability; the detector's class and share where no crop was classified."""
        if not self._type_weights.any():
            return self._detected.winner()
        shares = self._type_weights / self._type_weights.sum() * self._likelihood()
        best = int(shares.argmax())
        return self._types[best], float(shares[best] / shares.sum())

    def colour(self) -> tuple[str, float] | None:
        """The likeliest colour and its probability; None without a classified crop or below LEAST_COLOUR_SHARE."""
        total = float(self._colour_weights.sum())
        best = int(self._colour_weights.argmax())
        share = float(self._colour_weights[best]) / total if total > 0 else 0.0
        return (self._colours[best], share) if share >= LEAST_COLOUR_SHARE else None

    def _likelihood(self) -> Float64Array:
        """(types,) how well each type explains the detector's votes; all 1 before the first."""
        shares = self._detected.shares()
        likelihood: Float64Array = np.exp(np.log(self._detected_as) @ shares)
        return likelihood


def crop_quality(xyxy: Box, frame_size: tuple[int, int]) -> float:
    """The weight of a crop, 0..1: how large the vehicle is, and whether the border cuts it."""
    x1, y1, x2, y2 = xyxy
    size = float(np.clip(min(x2 - x1, y2 - y1) / FULL_WEIGHT_SIDE_PX, 1e-3, 1.0))
    cut = cut_by_border(np.array([xyxy], np.float32), frame_size, BORDER_MARGIN_PX)[0]
    return size * (CUT_WEIGHT if cut else 1.0)
