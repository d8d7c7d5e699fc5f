"""Which track is which detection: the best one-to-one pairing among the pairs that are possible at all."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from traffic.datatypes import Float64Array, Int64Array

ROUNDS = 3
"""How often the clear pairs are taken out before the rest is solved together."""


def best_pairs(rows: Int64Array, columns: Int64Array, worth: Float64Array) -> tuple[Int64Array, Int64Array]:
    """The one-to-one pairing with the greatest sum of worth.

    A pair is clear if it is worth more than all other pairs of its row and of its column together: whatever a pairing
    without it makes of that row and that column is worth less. Most pairs have no rival or no serious one and go at
    once, and when they have gone others become clear. What is left then is solved together: because an impossible
    pair is worth 0, the sum falls apart into the connected components by itself.

    Args:
        rows, columns: (k,) int64, >= 0, the possible pairs, each once.
        worth: (k,) float64, positive.

    Returns:
        Rows and the column of each, in no order; rows and columns without a partner are absent.
    """
    found: list[tuple[Int64Array, Int64Array]] = []
    for _ in range(ROUNDS):
        if not len(rows):
            return _joined(found)
        of_row, of_column = np.bincount(rows, worth), np.bincount(columns, worth)
        clear = worth * 3 > of_row.take(rows) + of_column.take(columns)
        if np.count_nonzero(clear) == len(clear):
            return _joined([*found, (rows, columns)])
        taken = clear.nonzero()[0]
        row, column = rows.take(taken), columns.take(taken)
        found.append((row, column))
        of_row[row] = of_column[column] = 0
        left = ((of_row.take(rows) > 0) & (of_column.take(columns) > 0)).nonzero()[0]
        rows, columns, worth = rows.take(left), columns.take(left), worth.take(left)
    if len(rows):
        found.append(_solved(rows, columns, worth))
    return _joined(found)


def _joined(found: list[tuple[Int64Array, Int64Array]]) -> tuple[Int64Array, Int64Array]:
    if len(found) == 1:
        return found[0]
    nothing = np.zeros(0, np.int64)
    rows, columns = [row for row, _ in found], [column for _, column in found]
    return np.concatenate([nothing, *rows]), np.concatenate([nothing, *columns])


def _solved(rows: Int64Array, columns: Int64Array, worth: Float64Array) -> tuple[Int64Array, Int64Array]:
    own_rows, row = _numbered(rows)
    own_columns, column = _numbered(columns)
    matrix = np.zeros((len(own_rows), len(own_columns)))
    matrix[row, column] = worth
    row, column = linear_sum_assignment(matrix, maximize=True)
    good = (matrix[row, column] > 0).nonzero()[0]
    return own_rows.take(row.take(good)), own_columns.take(column.take(good))


def _numbered(places: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The distinct places (d,), rising, and which of them each is (k,)."""
    own = np.bincount(places).nonzero()[0]
    number = np.empty(own[-1] + 1, np.int64)
    number[own] = np.arange(len(own))
    return own, number.take(places)
