"""Pictures that lie in the page itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array

Colour = tuple[int, int, int]
"""BGR."""
TRUTH: Colour = (96, 200, 60)
ANSWER: Colour = (40, 80, 235)
BEYOND: Colour = (230, 230, 230)
JPEG_QUALITY = 82


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """An area to be drawn; the one that a picture is about is drawn thicker.

    Attributes:
        corners: (n, 2) in the picture's pixels.
        colour: of the line.
        thickness_px: of the line in the cut-out.
    """

    corners: Float32Array
    colour: Colour
    thickness_px: int = 2

    @classmethod
    def of_box(cls, xyxy: tuple[float, float, float, float], colour: Colour, thickness_px: int = 2) -> Outline:
        """The outline of a box."""
        x1, y1, x2, y2 = xyxy
        return cls(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32), colour, thickness_px)


def cut_out(
    image: UInt8Array,
    xyxy: tuple[float, float, float, float],
    outlines: Sequence[Outline] = (),
    *,
    context: float = 0.8,
    size: tuple[int, int] = (320, 220),
) -> UInt8Array:
    """A box with its surroundings, scaled to a width and height; grey where the picture ends.

    Args:
        image: (h, w, 3) BGR.
        xyxy: the box to show.
        outlines: boxes to draw there.
        context: how much of the box's own size is shown beyond it on either side.
        size: (width, height) of the result.
    """
    x1, y1, x2, y2 = xyxy
    rows, columns = image.shape[:2]
    whole = min(size[0] / columns, size[1] / rows)
    scale = max(whole, min(size[0] / ((x2 - x1) * (1 + 2 * context)), size[1] / ((y2 - y1) * (1 + 2 * context))))
    width, height = max(1, round(size[0] / scale)), max(1, round(size[1] / scale))
    left, top = _start((x1 + x2) / 2, width, columns), _start((y1 + y2) / 2, height, rows)
    region = _region(image, left, top, width, height)
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = np.asarray(cv2.resize(region, size, interpolation=smooth), np.uint8)
    for outline in outlines:
        corners = (outline.corners - [left, top]) * np.divide(size, (width, height))
        around = np.rint(corners).astype(np.int32)
        cv2.polylines(shown, [around], True, outline.colour, outline.thickness_px, cv2.LINE_AA)  # noqa: FBT003
    return shown


def data_uri(image: UInt8Array) -> str:
    """A picture (h, w, 3) BGR as a JPEG for an HTML page's `src`."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")


def _start(centre: float, length: int, whole: int) -> int:
    """Where a span of this length begins: around the centre, inside the whole where it is not longer than that."""
    if length >= whole:
        return (whole - length) // 2
    return round(min(max(centre - length / 2, 0), whole - length))


def _region(image: UInt8Array, left: int, top: int, width: int, height: int) -> UInt8Array:
    rows, columns = image.shape[:2]
    inside = image[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    above, before = max(0, -top), max(0, -left)
    below, after = max(0, top + height - rows), max(0, left + width - columns)
    return np.asarray(
        cv2.copyMakeBorder(inside, above, below, before, after, cv2.BORDER_CONSTANT, value=BEYOND), np.uint8
    )
