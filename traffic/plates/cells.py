"""The cells of a plate locator in the frame's pixels: rows of a score and four corners, clockwise from the top left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array

BoolArray = NDArray[np.bool_]
CELL_VALUES = 9


def boxes(cells: Float32Array) -> Float32Array:
    """(n, 4) the boxes around the corners of cells (n, CELL_VALUES)."""
    corners = cells[:, 1:].reshape(-1, 4, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def on_vehicle(cells: Float32Array, vehicle: tuple[float, float, float, float]) -> BoolArray:
    """(n,) which of the cells have their plate's middle in a box."""
    return ~outside(cells, np.array([vehicle], np.float32))


def outside(cells: Float32Array, others: Float32Array) -> BoolArray:
    """(n,) which of the cells have their plate's middle in none of the boxes (k, 4)."""
    middles = cells[:, 1:].reshape(-1, 4, 2).mean(axis=1)[:, None]
    inside = (middles >= others[None, :, :2]) & (middles <= others[None, :, 2:])
    return np.asarray(~inside.all(axis=2).any(axis=1), np.bool_)
