"""Finds a vehicle's plate: the best one in each crop, with its four corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array, VehicleCrop
from traffic.errors import ModelError
from traffic.inference.engine import Engine
from traffic.inference.model_card import PlateLocatorCard

PAD_VALUE = 114
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


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a crop lies in its frame, and how much it was scaled to fit the network's input."""

    left: int
    top: int
    scale: float


class PlateLocator:
    """Runs a locator of the form that PlateLocatorCard tells.

    Args:
        engine: opened at `size`; its owner closes it.
        size: (width, height) of the network's input.
        score_threshold: crops whose best cell scores less have no plate.
    """

    def __init__(self, engine: Engine, size: tuple[int, int], score_threshold: float) -> None:
        self._engine = engine
        self._size = size
        self._score_threshold = score_threshold

    def locate(self, crops: Sequence[VehicleCrop]) -> tuple[PlateCorners | None, ...]:
        """The best plate of each crop, None where no cell reaches the threshold or the box lies outside the frame.

        Raises:
            ModelError: the engine's output is not that of a plate locator.
        """
        width, height = self._size
        canvas: UInt8Array = np.empty((len(crops), height, width, 3), np.uint8)
        cuts = [_cut_into(canvas[row], crop) for row, crop in enumerate(crops)]
        shown = [row for row, cut in enumerate(cuts) if cut is not None]
        found: list[PlateCorners | None] = [None] * len(crops)
        if shown:
            for row, cells in zip(shown, _checked(self._engine.infer(canvas[shown])), strict=True):
                found[row] = self._best(cells, cuts[row])
        return tuple(found)

    def _best(self, cells: Float32Array, cut: _Cut | None) -> PlateCorners | None:
        best = cells[cells[:, 0].argmax()]
        if cut is None or best[0] < self._score_threshold:
            return None
        corners = best[1:].reshape(4, 2) / cut.scale + np.array([cut.left, cut.top])
        return PlateCorners(corners.astype(np.float32), float(best[0]))


def locator_of(engine: Engine, card: PlateLocatorCard) -> PlateLocator:
    """The locator as its card describes it; `engine` is opened at the card's default size."""
    return PlateLocator(engine, card.input.default_size, card.score_threshold)


def _checked(output: Float32Array) -> Float32Array:
    if output.ndim != 3 or output.shape[2] != CELL_VALUES:
        raise ModelError(
            f"expected a plate locator's output (n, cells, {CELL_VALUES}), got {output.shape}",
            remedy="name a model of the task plate-location (`traffic models list`)",
        )
    return output


def _cut_into(canvas: UInt8Array, crop: VehicleCrop) -> _Cut | None:
    """Letterbox the vehicle, with some room around it, into the top left of `canvas` (h, w, 3).

    None, and a plain canvas, where the vehicle's box shows no pixel of the frame.
    """
    canvas[:] = PAD_VALUE
    image = crop.frame.image
    x1, y1, x2, y2 = crop.xyxy
    dx, dy = CROP_MARGIN * (x2 - x1), CROP_MARGIN * (y2 - y1)
    left, top = max(int(x1 - dx), 0), max(int(y1 - dy), 0)
    part = image[top : max(int(np.ceil(y2 + dy)), 0), left : max(int(np.ceil(x2 + dx)), 0)]
    if not part.size or x2 <= x1 or y2 <= y1:
        return None
    scale = min(canvas.shape[1] / part.shape[1], canvas.shape[0] / part.shape[0])
    width, height = max(int(part.shape[1] * scale), 1), max(int(part.shape[0] * scale), 1)
    smooth = cv2.INTER_AREA if scale < _SHRINK_SMOOTHLY else cv2.INTER_LINEAR
    canvas[:height, :width] = cv2.resize(part, (width, height), interpolation=smooth)
    return _Cut(left, top, scale)
