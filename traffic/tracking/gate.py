"""Which places and boxes overlap at all: the only work that could grow with the square of the vehicles."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float32Array, Float64Array, Int64Array

STRIP = 128
"""Places that are compared together: on a picture with more of them, one vertical strip of it after the other."""


def touching(
    low: Float64Array, high: Float64Array, other_low: Float64Array, other_high: Float64Array
) -> tuple[Int64Array, Int64Array]:
    """Every pair of a place and a box that overlap, up to a rounding error of float32, in no order.

    Args:
        low, high: (2, n) pixels, the corners of the places, x and y.
        other_low, other_high: (2, m) those of the boxes.

    Returns:
        The places and the boxes of the k pairs, (k,) int64 each.
    """
    corners = (
        low.astype(np.float32),
        high.astype(np.float32),
        other_low.astype(np.float32),
        other_high.astype(np.float32),
    )
    return _compared(*corners) if low.shape[1] <= STRIP else _strip_by_strip(*corners)


def _strip_by_strip(
    low: Float32Array, high: Float32Array, other_low: Float32Array, other_high: Float32Array
) -> tuple[Int64Array, Int64Array]:
    """From left to right; the boxes that may reach into a strip are neighbours when sorted by their left edge."""
    order, others = low[0].argsort(), other_low[0].argsort()
    low, high = low.take(order, axis=1), high.take(order, axis=1)
    other_low, other_high = other_low.take(others, axis=1), other_high.take(others, axis=1)
    furthest = np.maximum.accumulate(other_high[0])
    rows, columns = [], []
    for start in range(0, len(order), STRIP):
        end = start + STRIP
        first = furthest.searchsorted(low[0, start], side="right")
        last = other_low[0].searchsorted(high[0, start:end].max())
        row, column = _compared(
            low[:, start:end], high[:, start:end], other_low[:, first:last], other_high[:, first:last]
        )
        rows.append(row + start)
        columns.append(column + first)
    return order.take(np.concatenate(rows)), others.take(np.concatenate(columns))


def _compared(
    low: Float32Array, high: Float32Array, other_low: Float32Array, other_high: Float32Array
) -> tuple[Int64Array, Int64Array]:
    near = low[:, :, None] < other_high[:, None]
    near &= high[:, :, None] > other_low[:, None]
    near[0] &= near[1]
    found = near[0].ravel().nonzero()[0]
    width = max(other_low.shape[1], 1)
    rows = found // width
    return rows, found - rows * width
