"""Type and colour of vehicles in frames, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array, VehicleCrop
from traffic.errors import ModelError
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
        engine: runs the model at `size`; the caller owns it.
        types, colours: the names of the output's columns, in order, as the model's card gives them.
        size: (width, height) of the model's input.
    """

    def __init__(self, engine: Engine, types: Sequence[str], colours: Sequence[str], size: tuple[int, int]) -> None:
        self.types = tuple(types)
        self.colours = tuple(colours)
        self._engine = engine
        self._size = size

    def classify(self, crops: Sequence[VehicleCrop]) -> tuple[Appearance, ...]:
        """The appearance of each crop, in order.

        Raises:
            ModelError: the model's output has not one column for each type and colour.
        """
        if not crops:
            return ()
        images = np.stack([cut_out(crop.frame.image, crop.xyxy, self._size) for crop in crops])
        rows = self._engine.infer(images)
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
    height, width = image.shape[:2]
    x1, y1, x2, y2 = xyxy
    left, right = _span(x1, x2, margin, width)
    top, bottom = _span(y1, y2, margin, height)
    region = image[top:bottom, left:right]
    shrinks = (right - left) * (bottom - top) > size[0] * size[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(region, size, interpolation=interpolation), np.uint8)


def _span(start: float, end: float, margin: float, length: int) -> tuple[int, int]:
    """Whole pixels from `start` to `end` with a margin, at least one, inside 0..length."""
    extra = margin * max(end - start, 0.0)
    first = min(max(int(np.floor(start - extra)), 0), length - 1)
    last = max(min(int(np.ceil(end + extra)), length), first + 1)
    return first, last
