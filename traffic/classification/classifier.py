"""Type and colour of vehicles in frames, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array, VehicleCrop
from traffic.errors import ModelError
from traffic.inference.boxes import BoxCut, BoxNetwork, Sampling, over_boxes, resized
from traffic.inference.engine import Engine

MARGIN = 0.06
"""How much of the surroundings a crop shows on each side, as a share of the box: the model was trained so."""


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What one crop looks like.

    Attributes:
        type_probabilities: (types,) float32, sum 1.
        colour_probabilities: (colours,) float32, sum 1.
    """

    type_probabilities: Float32Array
    colour_probabilities: Float32Array


class VehicleClassifier:
    """Tells type and colour of vehicle crops.

    Args:
        engine: runs the model at `size`, on pictures or on boxes of frames; the caller owns it.
        types, colours: the names of the output's columns, in order, as the model's card gives them.
        size: (width, height) of the model's input.
    """

    def __init__(
        self, engine: Engine | BoxNetwork, types: Sequence[str], colours: Sequence[str], size: tuple[int, int]
    ) -> None:
        self.types = tuple(types)
        self.colours = tuple(colours)
        self._boxes = over_boxes(engine, size)
        self._size = size

    def classify(self, crops: Sequence[VehicleCrop]) -> tuple[Appearance, ...]:
        """The appearance of each crop, in order.

        Raises:
            ModelError: the model's output has not one column for each type and colour.
        """
        if not crops:
            return ()
        rows = self._boxes.infer_boxes([vehicle_cut(crop, self._size) for crop in crops])
        expected = (len(crops), len(self.types) + len(self.colours))
        if rows.shape != expected:
            raise ModelError(
                f"expected the classifier's output to be {expected}, got {rows.shape}",
                remedy="use the model that the card was written for (`traffic models list`)",
            )
        border = len(self.types)
        return tuple(Appearance(row[:border].copy(), row[border:].copy()) for row in rows)


def cut_out(
    image: UInt8Array, xyxy: tuple[float, float, float, float], size: tuple[int, int], margin: float = MARGIN
) -> UInt8Array:
    """A box of a picture with its margin, clipped to the picture and stretched.

    Args:
        image: (h, w, 3) uint8.
        xyxy: any box; of one beyond the border, the nearest pixels of the picture are taken.
        size: (width, height) of the result.
        margin: added on each side, as a share of the box.

    Returns:
        (size[1], size[0], 3) uint8, a new array.
    """
    box = _box_with_margin(image, xyxy, margin)
    return resized(image, box, size, _sampling(box, size))


def vehicle_cut(crop: VehicleCrop, size: tuple[int, int]) -> BoxCut:
    """What `cut_out` cuts out of a vehicle's frame, not yet cut out."""
    box = _box_with_margin(crop.frame.image, crop.xyxy, MARGIN)
    return BoxCut(crop.frame, box, size, _sampling(box, size))


def _box_with_margin(
    image: UInt8Array, xyxy: tuple[float, float, float, float], margin: float
) -> tuple[int, int, int, int]:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = xyxy
    left, right = _span(x1, x2, margin, width)
    top, bottom = _span(y1, y2, margin, height)
    return left, top, right, bottom


def _sampling(box: tuple[int, int, int, int], size: tuple[int, int]) -> Sampling:
    left, top, right, bottom = box
    return "area" if (right - left) * (bottom - top) > size[0] * size[1] else "linear"


def _span(start: float, end: float, margin: float, length: int) -> tuple[int, int]:
    """Whole pixels from `start` to `end` with a margin, at least one, inside 0..length."""
    extra = margin * max(end - start, 0.0)
    first = min(max(int(np.floor(start - extra)), 0), length - 1)
    last = max(min(int(np.ceil(end + extra)), length), first + 1)
    return first, last
