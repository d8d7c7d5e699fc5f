"""The evidence picture: the whole frame, a data bar below it, and the vehicle and its plate enlarged in the bar.

All lengths of the bar are given for a picture 1280 pixels wide and grow with it. The typeface is the one inside
OpenCV 5, which knows Cyrillic.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Case, UInt8Array, Violation
from traffic.evidence.words import Words, describe

Box = tuple[float, float, float, float]

SMALLEST_WIDTH = 960
"""A smaller frame is enlarged by a whole number, so that the data bar can be read."""
DESIGN_WIDTH = 1280
BAR, PAD, GAP = 284, 20, 12
TITLE, ROW, LINE, FOOTER, SMALLEST_TEXT = 32, 16, 25, 13, 11
LABEL_WIDTH = 92
VEHICLE_WIDTH, PLATE_WIDTH, PLATE_TOP, PLATE_HEIGHT = 320, 260, 66, 104
CROP_MARGIN = 0.12
"""Road shown around a crop, as a share of its box."""

GROUND, TEXT, MUTED, ACCENT, PATH = (26, 22, 20), (245, 244, 242), (160, 152, 146), (40, 176, 255), (255, 255, 255)


def draw_evidence(case: Case, violation: Violation) -> UInt8Array:
    """The evidence picture of one violation, BGR (h, w, 3); the same case always gives the same pixels."""
    frame = case.shot.frame.image
    factor = max(1, -(-SMALLEST_WIDTH // frame.shape[1]))
    enlarged = cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC) if factor > 1 else frame
    height, width = enlarged.shape[:2]
    unit = width / DESIGN_WIDTH
    canvas = np.full((height + round(BAR * unit), width, 3), GROUND, np.uint8)
    canvas[:height] = enlarged
    _mark(canvas[:height], case, factor, unit)
    _accent(canvas, height, unit)
    _put_insets(canvas, height, unit, case)
    _put_words(canvas, height, unit, describe(case, violation))
    return canvas


def _mark(image: UInt8Array, case: Case, factor: int, unit: float) -> None:
    """The vehicle's box, and the way that its wheels took as an arrow, which leaves the vehicle itself free."""
    thickness = max(1, round(2 * unit))
    x1, y1, x2, y2 = (max(0, round(value * factor)) for value in case.shot.xyxy)
    vehicle = image[y1:y2, x1:x2].copy()
    path = np.rint(case.passage.trajectory.ground_points * factor).astype(np.int32)
    cv2.polylines(image, [path[:, None]], False, PATH, thickness, cv2.LINE_AA)  # noqa: FBT003
    _arrow_head(image, path, thickness, unit)
    image[y1:y2, x1:x2] = vehicle
    cv2.rectangle(image, (x1 - thickness, y1 - thickness), (x2 + thickness, y2 + thickness), ACCENT, thickness)


def _arrow_head(image: UInt8Array, path: NDArray[np.int32], thickness: int, unit: float) -> None:
    tip = path[-1].astype(float)
    far_enough = np.flatnonzero(np.hypot(*(path - tip).T) > 14 * unit)
    if len(far_enough):
        back = tip - path[far_enough[-1]]
        tail = tip - back / np.hypot(*back) * 14 * unit
        ends = [tuple(np.rint(point).astype(int).tolist()) for point in (tail, tip)]
        cv2.arrowedLine(image, ends[0], ends[1], PATH, thickness, cv2.LINE_AA, 0, 0.7)


def _accent(canvas: UInt8Array, top: int, unit: float) -> None:
    canvas[top : top + max(2, round(4 * unit))] = ACCENT


def _put_insets(canvas: UInt8Array, top: int, unit: float, case: Case) -> None:
    """The vehicle at the right end of the bar, and beside it the plate where this very frame was read."""
    frame, plate = case.shot.frame, case.passage.plate
    pad = round(PAD * unit)
    right, bottom = canvas.shape[1] - pad, canvas.shape[0] - pad
    left = right - round(VEHICLE_WIDTH * unit)
    vehicle_left = _paste(canvas, _crop(frame.image, case.shot.xyxy), (left, top + pad, right, bottom))
    if plate is not None and plate.best.pts_ns == frame.pts_ns:
        right, upper = vehicle_left - round(GAP * unit), top + round(PLATE_TOP * unit)
        box = (right - round(PLATE_WIDTH * unit), upper, right, upper + round(PLATE_HEIGHT * unit))
        _paste(canvas, _crop(frame.image, plate.best.xyxy), box)


def _crop(image: UInt8Array, box: Box) -> UInt8Array:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * CROP_MARGIN, (y2 - y1) * CROP_MARGIN
    left, upper = min(max(int(x1 - dx), 0), width - 1), min(max(int(y1 - dy), 0), height - 1)
    right, lower = max(min(round(x2 + dx), width), left + 1), max(min(round(y2 + dy), height), upper + 1)
    return image[upper:lower, left:right]


def _paste(canvas: UInt8Array, crop: UInt8Array, box: tuple[int, int, int, int]) -> int:
    """Fit `crop` into `box`, at its upper right; where its left edge came to lie."""
    left, upper, right, lower = box
    scale = min((right - left) / crop.shape[1], (lower - upper) / crop.shape[0])
    width, height = max(1, int(crop.shape[1] * scale)), max(1, int(crop.shape[0] * scale))
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    canvas[upper : upper + height, right - width : right] = cv2.resize(crop, (width, height), interpolation=method)
    return right - width


def _put_words(canvas: UInt8Array, top: int, unit: float, words: Words) -> None:
    left, right = round(PAD * unit), canvas.shape[1] - round((PAD + VEHICLE_WIDTH + GAP) * unit)
    pen = _Pen(canvas, unit, right)
    y = top + round((PAD + TITLE) * unit)
    x = pen.write(words.title, left, y, TITLE, 700, ACCENT)
    if words.figures:
        pen.write(words.figures, x + round(GAP * unit), y, TITLE, 500, TEXT)
    for number, (label, text) in enumerate(words.rows, start=1):
        row = y + round((10 + number * LINE) * unit)
        pen.write(label, left, row, ROW, 400, MUTED)
        pen.write(text, left + round(LABEL_WIDTH * unit), row, ROW, 400, TEXT)
    pen.write(words.footer, left, canvas.shape[0] - round(14 * unit), FOOTER, 400, MUTED)


class _Pen:
    """Writes on a canvas; a text that would reach beyond `right` is written smaller, and cut if that is not enough."""

    def __init__(self, canvas: UInt8Array, unit: float, right: int) -> None:
        self._canvas = canvas
        self._unit = unit
        self._right = right
        self._face = cv2.FontFace("sans")

    def write(self, text: str, x: int, y: int, size: float, weight: int, colour: tuple[int, int, int]) -> int:
        """Write with the baseline at y; where the text ends."""
        text, pixels = self._fit(text, self._right - x, size, weight)
        cv2.putText(self._canvas, text, (x, y), colour, self._face, pixels, weight)
        return x + self._width(text, pixels, weight)

    def _fit(self, text: str, room: int, size: float, weight: int) -> tuple[str, int]:
        pixels, smallest = round(size * self._unit), round(SMALLEST_TEXT * self._unit)
        while self._width(text, pixels, weight) > room and pixels > smallest:
            pixels -= 1
        if self._width(text, pixels, weight) <= room:
            return text, pixels
        while len(text) > 1 and self._width(text + "...", pixels, weight) > room:
            text = text[:-1]
        return text + "...", pixels

    def _width(self, text: str, pixels: int, weight: int) -> int:
        return int(cv2.getTextSize((0, 0), text, (0, 0), self._face, pixels, weight)[2])
