"""The cells of a plate locator in the frame's pixels: rows of a score and four corners, clockwise from the top left."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array
from traffic.geometry import BoolArray, middles_inside

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
    return np.asarray(~middles_inside(boxes(cells), others).any(axis=1), np.bool_)
