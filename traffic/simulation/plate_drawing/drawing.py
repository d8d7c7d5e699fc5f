"""From a plate's description to its picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.plate_drawing.faces import Face
from traffic.simulation.plate_drawing.plate import Caption, Colour, Disc, Plate, Rectangle, Row, divider_shapes

_SHIFT = 4
_LEAST_GAP = 0.08
"""Between two characters, as a share of their height."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPlate:
    """A plate's picture (h, w, 3) BGR, and where the middle of each character lies in it, (n, 2) pixels."""

    picture: UInt8Array
    centres: Float32Array


@dataclass(frozen=True, slots=True)
class _Box:
    character: str
    left: float
    top: float
    width: float
    height: float


def draw_plate(plate: Plate, face: Face, *, stroke_mm: float = 9.5, pixels_per_mm: float = 1.0) -> DrawnPlate:
    """Draw a clean plate.

    Args:
        plate: what to draw.
        face: how its characters look.
        stroke_mm: thickness of the strokes of its highest characters.
        pixels_per_mm: the picture's scale.
    """
    size = (round(plate.width * pixels_per_mm), round(plate.height * pixels_per_mm))
    picture: UInt8Array = np.full((size[1], size[0], 3), plate.ground, np.uint8)
    _draw_border(picture, plate, pixels_per_mm)
    for rectangle in plate.rectangles:
        _draw_rectangle(picture, rectangle, pixels_per_mm)
    for disc in plate.discs:
        _draw_disc(picture, disc, pixels_per_mm)
    for caption in plate.captions:
        _draw_caption(picture, caption, pixels_per_mm)
    rows = [_boxes(row, face) for row in plate.rows]
    for row, row_boxes in zip(plate.rows, rows, strict=True):
        _draw_dividers(picture, row, row_boxes, plate.ink, pixels_per_mm)
    boxes = [box for row_boxes in rows for box in row_boxes]
    highest = max(box.height for box in boxes)
    ink: UInt8Array = np.zeros((size[1], size[0]), np.uint8)
    for box in boxes:
        _stamp(ink, box, face, stroke_mm / (0.4 * highest + 0.6 * box.height), pixels_per_mm)
    _blend(picture, ink, plate.ink)
    centres = [(box.left + box.width / 2, box.top + box.height / 2) for box in boxes]
    return DrawnPlate(picture, np.array(centres, np.float32) * pixels_per_mm)


def _boxes(row: Row, face: Face) -> list[_Box]:
    """Where the characters of a row lie: their widths are the face's, the gaps take what is left."""
    text = "".join(row.groups)
    heights = np.array([row.digit_height if character.isdigit() else row.letter_height for character in text])
    shares = [(face.width(c), face.width("0" if c.isdigit() else "H")) for c in text]
    widths, cells = np.array(shares).T * heights * row.squeeze
    cells = cells if row.equal_cells else widths
    gaps = np.array([row.gap_ratio if place == 0 else 1.0 for group in row.groups for place in range(len(group))])[1:]
    room = row.right - row.left
    fit = min(1.0, (room - _LEAST_GAP * heights.max() * gaps.sum()) / cells.sum())
    widths, cells = widths * fit, cells * fit
    gaps = gaps * (room - cells.sum()) / max(gaps.sum(), 1.0)
    middles = row.left + np.concatenate([[0.0], np.cumsum(cells[:-1] + gaps)]) + cells / 2
    lefts, tops = middles - widths / 2, row.bottom - heights
    return [_Box(text[i], *map(float, (lefts[i], tops[i], widths[i], heights[i]))) for i in range(len(text))]


def _draw_dividers(picture: UInt8Array, row: Row, boxes: list[_Box], ink: Colour, scale: float) -> None:
    ends = np.cumsum([len(group) for group in row.groups])[:-1]
    later = row.divider if row.later_divider is None else row.later_divider
    for end, divider in zip(ends, [row.divider, *[later] * len(ends)], strict=False):
        before, after = boxes[end - 1], boxes[end]
        x, gap = (before.left + before.width + after.left) / 2, after.left - before.left - before.width
        for shape in divider_shapes(row, divider, x, row.bottom - before.height / 2, gap, ink):
            if isinstance(shape, Disc):
                _draw_disc(picture, shape, scale)
            else:
                _draw_rectangle(picture, shape, scale)


def _stamp(ink: UInt8Array, box: _Box, face: Face, stroke: float, scale: float) -> None:
    size = (max(round(box.width * scale), 1), max(round(box.height * scale), 1))
    left, top = round(box.left * scale), round(box.top * scale)
    place = ink[max(top, 0) : top + size[1], max(left, 0) : left + size[0]]
    mask = face.mask(box.character, size, stroke)[: place.shape[0], : place.shape[1]]
    np.maximum(place, mask, out=place)


def _blend(picture: UInt8Array, ink: UInt8Array, colour: Colour) -> None:
    inked: UInt8Array = np.full(picture.shape, colour, np.uint8)
    share = ink.astype(np.float32) / 255.0
    cv2.blendLinear(inked, picture, share, 1 - share, picture)


def _fixed(value_mm: float, scale: float) -> int:
    return round((value_mm * scale - 0.5) * (1 << _SHIFT))


def _draw_border(picture: UInt8Array, plate: Plate, scale: float) -> None:
    if plate.border:
        inset = plate.border * 1.2
        outline = Rectangle(inset, inset, plate.width - inset, plate.height - inset, plate.ink, plate.border)
        _draw_rectangle(picture, outline, scale)


def _draw_rectangle(picture: UInt8Array, shape: Rectangle, scale: float) -> None:
    low = (_fixed(shape.left, scale), _fixed(shape.top, scale))
    high = (_fixed(shape.right, scale), _fixed(shape.bottom, scale))
    thickness = max(round(shape.edge * scale), 1) if shape.edge else cv2.FILLED
    cv2.rectangle(picture, low, high, shape.colour, thickness, cv2.LINE_AA, _SHIFT)


def _draw_disc(picture: UInt8Array, disc: Disc, scale: float) -> None:
    centre = (_fixed(disc.x, scale), _fixed(disc.y, scale))
    radius = round(disc.radius * scale * (1 << _SHIFT))
    cv2.circle(picture, centre, radius, disc.colour, cv2.FILLED, cv2.LINE_AA, _SHIFT)


def _draw_caption(picture: UInt8Array, caption: Caption, scale: float) -> None:
    font, thickness = cv2.FONT_HERSHEY_SIMPLEX, max(round(caption.height * scale * 0.12), 1)
    size = caption.height * scale / 21.0
    (width, height), _ = cv2.getTextSize(caption.text, font, size, thickness)
    origin = (round(caption.x * scale - width / 2), round(caption.y * scale + height / 2))
    cv2.putText(picture, caption.text, origin, font, size, caption.colour, thickness, cv2.LINE_AA)
