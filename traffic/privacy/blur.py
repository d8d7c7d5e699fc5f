"""Makes parts of a picture unreadable for good: pixels are replaced by few blocks of one colour each.

Blocks are so large that a face is one or two of them and a plate is a single one: what was averaged away cannot be had
back, neither by sharpening nor by trying texts or faces until their blocks match (Hill et al., "On the
(In)effectiveness of Mosaicing and Blurring as Tools for Document Redaction", PoPETs 2016; McPherson et al., "Defeating
Image Obfuscation with Deep Learning", arXiv:1609.00408).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import UInt8Array

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a picture to be hidden.

    Attributes:
        xyxy: where; what lies outside the picture is of no account.
        columns: blocks side by side in it; as they are square, this gives the rows.
    """

    xyxy: Box
    columns: int = 1


def hide(image: UInt8Array, patches: Iterable[Patch], spared: Iterable[Box] = ()) -> UInt8Array:
    """A copy of a picture (h, w, 3) in which the patches are blocks; the spared boxes are as they were.

    The colours are those of the picture as it came, so the order of patches that overlap tells only which lies above.
    """
    hidden = image.copy()
    for patch in patches:
        left, top, right, bottom = pixels_of(patch.xyxy, image)
        if right > left and bottom > top:
            hidden[top:bottom, left:right] = _blocks(image[top:bottom, left:right], patch)
    for box in spared:
        left, top, right, bottom = pixels_of(box, image)
        hidden[top:bottom, left:right] = image[top:bottom, left:right]
    return hidden


def pixels_of(box: Box, image: UInt8Array) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (exclusive) of the pixels that a box touches, inside the picture."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    left, top = max(int(np.floor(x1)), 0), max(int(np.floor(y1)), 0)
    return left, top, max(min(int(np.ceil(x2)), width), left), max(min(int(np.ceil(y2)), height), top)


def _blocks(part: UInt8Array, patch: Patch) -> UInt8Array:
    """The part in blocks of one colour each: as many as the whole patch would have there, one at least."""
    x1, y1, x2, y2 = patch.xyxy
    side = max(x2 - x1, 1.0) / patch.columns if patch.columns > 1 else max(x2 - x1, y2 - y1, 1.0)
    height, width = part.shape[:2]
    rows, columns = max(round(height / side), 1), max(round(width / side), 1)
    few = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
