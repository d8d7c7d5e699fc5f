"""Finds a vehicle's plate, with its four corners: the best one in each crop, or what else may be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float32Array, VehicleCrop
from traffic.errors import ModelError
from traffic.geometry import box_iou, middles_inside
from traffic.inference.boxes import BoxCut, BoxNetwork, over_boxes
from traffic.inference.engine import Engine
from traffic.inference.model_card import PlateLocatorCard
from traffic.plates.cells import CELL_VALUES, boxes, on_vehicle, outside
from traffic.plates.owners import PROVEN_SHARE, SAME_PLATE_IOU, plates_of_others, plates_of_smaller

CROP_MARGIN = 0.08
"""Room around a vehicle's box, as a share of its width and height: detectors cut bumpers off."""
MAXIMUM_FINDS = 2
"""Of one crop."""
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
        score_threshold: crops whose best cell scores less have no plate, unless it is read and says so: see `finds`.
    """

    def __init__(self, engine: Engine | BoxNetwork, size: tuple[int, int], score_threshold: float) -> None:
        self._boxes = over_boxes(engine, size)
        self._size = size
        self.score_threshold = score_threshold

    def locate(self, crops: Sequence[VehicleCrop]) -> tuple[PlateCorners | None, ...]:
        """The best plate of each crop, None where no cell reaches the threshold or the box lies outside the frame.

        Where the best one is the find of a smaller vehicle of the same frame too, it is that one's; the larger vehicle
        gets its next best if that is nearly as sure, and keeps the other's if it has none.

        Raises:
            ModelError: the engine's output is not that of a plate locator.
        """
        return tuple(self._each_its_own(crops, self._cells(crops, self.score_threshold)))

    def finds(self, crops: Sequence[VehicleCrop]) -> tuple[tuple[PlateCorners, ...], ...]:
        """What may be the plate of each crop, if it reads as one: at most MAXIMUM_FINDS, apart, the surest first.

        What `locate` finds is the first, whosever it is. Others score `least_worth` at least, lie on the vehicle
        itself, and are not what was found best in a smaller vehicle of the same frame.

        Raises:
            ModelError: as `locate`.
        """
        cells = self._cells(crops, self.least_worth)
        sure = self._each_its_own(crops, [of_crop[of_crop[:, 0] >= self.score_threshold] for of_crop in cells])
        others = plates_of_smaller(crops, _boxes([_best(of_crop) for of_crop in cells]))
        return tuple(
            _with_others(plate, of_crop[outside(of_crop, taken) & on_vehicle(of_crop, crop.xyxy)])
            for crop, of_crop, plate, taken in zip(crops, cells, sure, others, strict=True)
        )

    @property
    def least_worth(self) -> float:
        """What a find counts as a plate from, its score times the certainty of its text: what one at the threshold
        would have of which the reader is no surer than the locator.
        """
        return self.score_threshold**2

    def _cells(self, crops: Sequence[VehicleCrop], least: float) -> list[Float32Array]:
        """Of each crop the cells (n, CELL_VALUES) that score at least `least`, in the frame's pixels."""
        cells = [np.zeros((0, CELL_VALUES), np.float32)] * len(crops)
        cuts = [(row, cut) for row, crop in enumerate(crops) if (cut := vehicle_cut(crop, self._size)) is not None]
        if cuts:
            answers = _checked(self._boxes.infer_boxes([cut for _, cut in cuts]))
            for (row, cut), answer in zip(cuts, answers, strict=True):
                cells[row] = _in_frame(answer[answer[:, 0] >= least], cut, self._size)
        return cells

    def _each_its_own(self, crops: Sequence[VehicleCrop], cells: Sequence[Float32Array]) -> list[PlateCorners | None]:
        best = [_best(of_crop) for of_crop in cells]
        others = plates_of_others(crops, _boxes(best))
        return [
            self._next_best(crop, of_crop[outside(of_crop, taken)], plate) if plate and len(taken) else plate
            for crop, of_crop, plate, taken in zip(crops, cells, best, others, strict=True)
        ]

    def _next_best(self, crop: VehicleCrop, cells: Float32Array, best: PlateCorners) -> PlateCorners:
        """The best of the other cells, if it is nearly as sure and on the vehicle itself; else the best one."""
        found = _best(cells)
        if found is None or found.score < PROVEN_SHARE * best.score:
            return best
        plate, vehicle = (np.array([box], np.float32) for box in (found.xyxy, crop.xyxy))
        return found if middles_inside(plate, vehicle).item() else best


def _best(cells: Float32Array) -> PlateCorners | None:
    if not len(cells):
        return None
    best = cells[cells[:, 0].argmax()]
    return PlateCorners(best[1:].reshape(4, 2), float(best[0]))


def _with_others(first: PlateCorners | None, cells: Float32Array) -> tuple[PlateCorners, ...]:
    """The first find, if there is one, and the best of the cells that show another plate, and no part of one."""
    finds = [] if first is None else [first]
    while len(finds) < MAXIMUM_FINDS:
        places, taken = boxes(cells), _boxes(finds)
        apart = (box_iou(places, taken) < SAME_PLATE_IOU).all(axis=1)
        around = middles_inside(taken, places).any(axis=0)
        cells = cells[apart & ~around & outside(cells, taken)]
        found = _best(cells)
        if found is None:
            break
        finds.append(found)
    return tuple(finds)


def _boxes(plates: Sequence[PlateCorners | None]) -> Float32Array:
    """(n, 4), NaN where there is no plate."""
    nothing = (float("nan"),) * 4
    return np.array([nothing if plate is None else plate.xyxy for plate in plates], np.float32).reshape(-1, 4)


def _in_frame(cells: Float32Array, cut: BoxCut, size: tuple[int, int]) -> Float32Array:
    """A cut's cells (cells, 9) with their corners in the frame's pixels."""
    left, top, right, bottom = cut.box
    corners = cells[:, 1:] / _scale(right - left, bottom - top, size) + np.array([left, top] * 4)
    return np.column_stack([cells[:, 0], corners]).astype(np.float32)


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
