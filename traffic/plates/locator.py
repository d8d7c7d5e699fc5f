"""Finds a vehicle's plate: the best one in each crop, with its four corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float32Array, VehicleCrop
from traffic.errors import ModelError
from traffic.inference.boxes import BoxCut, BoxNetwork, over_boxes
from traffic.inference.engine import Engine
from traffic.inference.model_card import PlateLocatorCard

CROP_MARGIN = 0.08
"""Room around a vehicle's box, as a share of its width and height: detectors cut bumpers off."""
CELL_VALUES = 9
_SHRINK_SMOOTHLY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PlateCorners:
    """A plate in a frame.

    Attributes:
        corners: (4, 2) float32, x and y in the frame's pixels: top left, top right, bottom right, bottom left as one
            reads. They may lie outside the frame where its border cuts the plate.
        score: of the locator, 0..1.
    """

    corners: Float32Array
    score: float

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """The box around the corners, in the frame's pixels."""
        (x1, y1), (x2, y2) = self.corners.min(axis=0).tolist(), self.corners.max(axis=0).tolist()
        return x1, y1, x2, y2


class PlateLocator:
    """Runs a locator of the form that PlateLocatorCard tells.

    Args:
        engine: opened at `size`, for pictures or for boxes of frames; its owner closes it.
        size: (width, height) of the network's input.
        score_threshold: crops whose best cell scores less have no plate.
    """

    def __init__(self, engine: Engine | BoxNetwork, size: tuple[int, int], score_threshold: float) -> None:
        self._boxes = over_boxes(engine, size)
        self._size = size
        self._score_threshold = score_threshold

    def locate(self, crops: Sequence[VehicleCrop]) -> tuple[PlateCorners | None, ...]:
        """The best plate of each crop, None where no cell reaches the threshold or the box lies outside the frame.

        Raises:
            ModelError: the engine's output is not that of a plate locator.
        """
        cuts = [vehicle_cut(crop, self._size) for crop in crops]
        shown = [(row, cut) for row, cut in enumerate(cuts) if cut is not None]
        found: list[PlateCorners | None] = [None] * len(crops)
        if shown:
            answers = _checked(self._boxes.infer_boxes([cut for _, cut in shown]))
            for (row, cut), cells in zip(shown, answers, strict=True):
                found[row] = self._best(cells, cut)
        return tuple(found)

    def _best(self, cells: Float32Array, cut: BoxCut) -> PlateCorners | None:
        best = cells[cells[:, 0].argmax()]
        if best[0] < self._score_threshold:
            return None
        left, top, right, bottom = cut.box
        corners = best[1:].reshape(4, 2) / _scale(right - left, bottom - top, self._size) + np.array([left, top])
        return PlateCorners(corners.astype(np.float32), float(best[0]))


def locator_of(engine: Engine | BoxNetwork, card: PlateLocatorCard) -> PlateLocator:
    """The locator as its card describes it; `engine` is opened at the card's default size."""
    return PlateLocator(engine, card.input.default_size, card.score_threshold)


def _checked(output: Float32Array) -> Float32Array:
    if output.ndim != 3 or output.shape[2] != CELL_VALUES:
        raise ModelError(
            f"expected a plate locator's output (n, cells, {CELL_VALUES}), got {output.shape}",
            remedy="name a model of the task plate-location (`traffic models list`)",
        )
    return output


def vehicle_cut(crop: VehicleCrop, size: tuple[int, int]) -> BoxCut | None:
    """The vehicle, with some room around it, letterboxed into `size` (width, height).

    None where the vehicle's box shows no pixel of the frame.
    """
    height, width = crop.frame.image.shape[:2]
    x1, y1, x2, y2 = crop.xyxy
    dx, dy = CROP_MARGIN * (x2 - x1), CROP_MARGIN * (y2 - y1)
    left, top = max(int(x1 - dx), 0), max(int(y1 - dy), 0)
    right, bottom = min(max(int(np.ceil(x2 + dx)), 0), width), min(max(int(np.ceil(y2 + dy)), 0), height)
    if right <= left or bottom <= top or x2 <= x1 or y2 <= y1:
        return None
    scale = _scale(right - left, bottom - top, size)
    becomes = max(int((right - left) * scale), 1), max(int((bottom - top) * scale), 1)
    return BoxCut(crop.frame, (left, top, right, bottom), becomes, "area" if scale < _SHRINK_SMOOTHLY else "linear")


def _scale(width: int, height: int, size: tuple[int, int]) -> float:
    return min(size[0] / width, size[1] / height)
