"""A picture and its plates: what every source gives and every augmentation keeps true."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, Float64Array, UInt8Array
from traffic.plates.rectify import pixel_index_matrix

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PlateView:
    """A picture and its plates.

    Attributes:
        image: (h, w, 3) uint8, BGR.
        quads: (n, 4, 2) float32 pixels, corners from the top left, clockwise as one reads.
        exact: (n,) whether the corners are the plate's own, or only those of a box around it.
    """

    image: UInt8Array
    quads: Float32Array
    exact: BoolArray


def boxed_view(image: UInt8Array, xyxy: Float32Array) -> PlateView:
    """A picture whose plates are known as boxes (n, 4) alone."""
    return PlateView(image, box_quads(xyxy), np.zeros(len(xyxy), np.bool_))


def box_quads(xyxy: Float32Array) -> Float32Array:
    """Boxes (n, 4) as quads (n, 4, 2)."""
    return np.ascontiguousarray(xyxy[:, [[0, 1], [2, 1], [2, 3], [0, 3]]], np.float32)


def quad_boxes(quads: Float32Array) -> Float32Array:
    """The boxes (n, 4) of quads (n, 4, 2)."""
    return np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1).astype(np.float32)


def warped(view: PlateView, matrix: Float64Array, size: tuple[int, int], border: int) -> PlateView:
    """A view through a homography (3, 3) onto a canvas (width, height); beyond the picture lies the grey `border`."""
    image = cv2.warpPerspective(
        view.image,
        pixel_index_matrix(matrix),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(border,) * 3,
    )
    return PlateView(np.asarray(image, np.uint8), moved_quads(view.quads, matrix), view.exact)


def moved_quads(quads: Float32Array, matrix: Float64Array) -> Float32Array:
    """Quads (n, 4, 2) through a homography (3, 3)."""
    points = quads.reshape(-1, 1, 2).astype(np.float64)
    if not len(points):
        return quads
    return np.asarray(cv2.perspectiveTransform(points, matrix), np.float32).reshape(-1, 4, 2)


def mirrored(view: PlateView) -> PlateView:
    """Left and right changed; a quad's corners keep their order on the screen."""
    quads = view.quads * np.array([-1, 1], np.float32) + np.array([view.image.shape[1], 0], np.float32)
    return PlateView(np.ascontiguousarray(view.image[:, ::-1]), quads[:, [1, 0, 3, 2]], view.exact)
