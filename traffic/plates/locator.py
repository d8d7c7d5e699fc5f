"""Finds a vehicle's plate: the best one in each crop, with its four corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, VehicleCrop
from traffic.errors import ModelError
from traffic.inference.boxes import BoxCut, BoxNetwork, over_boxes
from traffic.inference.engine import Engine
from traffic.inference.model_card import PlateLocatorCard
from traffic.plates.owners import PROVEN_SHARE, middles_inside, plates_of_others

BoolArray = NDArray[np.bool_]
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

        Where the best one is the find of a smaller vehicle of the same frame too, it is that one's; the larger vehicle
        gets its next best if that is nearly as sure, and keeps the other's if it has none.

        Raises:
            ModelError: the engine's output is not that of a plate locator.
        """
        cuts = [vehicle_cut(crop, self._size) for crop in crops]
        shown = [(crop, cut) for crop, cut in zip(crops, cuts, strict=True) if cut is not None]
        if not shown:
            return (None,) * len(crops)
        answers = _checked(self._boxes.infer_boxes([cut for _, cut in shown]))
        sure = [of_crop[of_crop[:, 0] >= self._score_threshold] for of_crop in answers]
        cells = [_in_frame(of_crop, cut, self._size) for of_crop, (_, cut) in zip(sure, shown, strict=True)]
        found = iter(self._each_its_own([crop for crop, _ in shown], cells))
        return tuple(None if cut is None else next(found) for cut in cuts)

    def _each_its_own(self, crops: Sequence[VehicleCrop], cells: Sequence[Float32Array]) -> list[PlateCorners | None]:
        best = [self._best(of_crop) for of_crop in cells]
        nothing = (float("nan"),) * 4
        boxes = np.array([nothing if plate is None else plate.xyxy for plate in best], np.float32)
        others = plates_of_others(crops, boxes)
        return [
            self._next_best(crop, of_crop[_outside(of_crop, taken)], plate) if plate and len(taken) else plate
            for crop, of_crop, plate, taken in zip(crops, cells, best, others, strict=True)
        ]

    def _next_best(self, crop: VehicleCrop, cells: Float32Array, best: PlateCorners) -> PlateCorners:
        """The best of the other cells, if it is nearly as sure and on the vehicle itself; else the best one."""
        found = self._best(cells)
        if found is None or found.score < PROVEN_SHARE * best.score:
            return best
        boxes = (np.array([box], np.float32) for box in (found.xyxy, crop.xyxy))
        return found if middles_inside(*boxes)[0] else best

    def _best(self, cells: Float32Array) -> PlateCorners | None:
        if not len(cells):
            return None
        best = cells[cells[:, 0].argmax()]
        return PlateCorners(best[1:].reshape(4, 2), float(best[0]))


def _in_frame(cells: Float32Array, cut: BoxCut, size: tuple[int, int]) -> Float32Array:
    """A cut's cells (cells, 9) with their corners in the frame's pixels."""
    left, top, right, bottom = cut.box
    corners = cells[:, 1:] / _scale(right - left, bottom - top, size) + np.array([left, top] * 4)
    return np.column_stack([cells[:, 0], corners]).astype(np.float32)


def _outside(cells: Float32Array, boxes: Float32Array) -> BoolArray:
    """Which of the cells (cells, 9) have their plate's middle in none of the boxes (n, 4)."""
    middles = cells[:, 1:].reshape(-1, 4, 2).mean(axis=1)[:, None]
    inside = (middles >= boxes[None, :, :2]) & (middles <= boxes[None, :, 2:])
    return np.asarray(~inside.all(axis=2).any(axis=1), np.bool_)


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
