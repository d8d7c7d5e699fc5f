"""A plate seen from the front, cut out of a frame by its four corners."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, Float64Array, UInt8Array
from traffic.plates.ocr import PLATE_MARGIN, SIZE, plate_corners

LARGEST_FACTOR = 4.0
"""A plate is looked at with at most this many times the pixels a side that the reader takes."""


def upright_size(corners: Float32Array) -> tuple[float, float]:
    """Width and height of a plate in pixels: the means of its opposite edges, from its corners (4, 2)."""
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)  # top, right, bottom, left
    return float(edges[0] + edges[2]) / 2, float(edges[1] + edges[3]) / 2


def is_quadrilateral(corners: Float32Array) -> bool:
    """Whether corners (4, 2) go round a convex area clockwise on the screen, as those of a plate one can read."""
    edges = np.roll(corners, -1, axis=0) - corners
    after = np.roll(edges, -1, axis=0)
    return bool((edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0] > 0).all())


def rectify(image: UInt8Array, corners: Float32Array, size: tuple[int, int] = SIZE) -> UInt8Array:
    """The plate as the reader wants it: its corners at `plate_corners(*size)`, a little of the vehicle around it.

    A small plate is enlarged once, straight to `size`; a large one is first cut out with the pixels that it has, then
    averaged down, so that thin strokes do not flicker. What lies outside the frame repeats its border.

    Args:
        image: the frame, (h, w, 3) uint8.
        corners: (4, 2) in the frame's pixels, clockwise from the top left.
        size: (width, height) of the result.
    """
    matrix, cut = rectification(corners, size)
    plate = cv2.warpPerspective(image, matrix, cut, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(plate if cut == size else cv2.resize(plate, size, interpolation=cv2.INTER_AREA), np.uint8)


def rectification(corners: Float32Array, size: tuple[int, int] = SIZE) -> tuple[Float64Array, tuple[int, int]]:
    """How `rectify` sees a plate before it averages it down.

    Returns:
        The matrix (3, 3) from the frame's pixel indices to those of a picture in which the plate has about the pixels
        that it has in the frame, and that picture's (width, height), nowhere less than `size`.
    """
    wide, high = (length * (1 + 2 * PLATE_MARGIN) for length in upright_size(corners))
    cut = _between(wide, size[0]), _between(high, size[1])
    return pixel_index_matrix(homography(corners, plate_corners(*cut))), cut


def homography(source: Float32Array, target: Float32Array) -> Float64Array:
    """The projective map (3, 3) that takes four points (4, 2) to four others."""
    return np.asarray(cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32)), np.float64)


def pixel_index_matrix(matrix: Float64Array) -> Float64Array:
    """A homography between our coordinates, in which pixel 0 spans 0 to 1, as OpenCV's warps want it: there pixel 0
    lies at 0.
    """
    to_ours = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    shifted: Float64Array = np.linalg.inv(to_ours) @ matrix @ to_ours
    return shifted


def _between(length: float, wanted: int) -> int:
    return round(min(max(length, wanted), LARGEST_FACTOR * wanted))
