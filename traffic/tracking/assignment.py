"""Which track is which detection: the best one-to-one pairing among the pairs that are possible at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from traffic.datatypes import Float64Array, Int64Array

Pairs = tuple[Int64Array, Int64Array]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The possible pairs, k of them, each at most once.

    Attributes:
        rows, columns: (k,) int64, >= 0.
        worth: (k,) float64, positive.
    """

    rows: Int64Array
    columns: Int64Array
    worth: Float64Array


def best_pairs(candidates: Candidates) -> Pairs:
    """The one-to-one pairing with the greatest sum of worth.

    A row and a column that can only go with each other are paired at once; most are. What is left is solved together:
    because an impossible pair is worth 0, the sum falls apart into the connected components by itself.

    Returns:
        Rows and the column of each, in no order; rows and columns without a partner are absent.
    """
    rows, columns = candidates.rows, candidates.columns
    contested = (np.bincount(rows)[rows] > 1) | (np.bincount(columns)[columns] > 1)
    if not contested.any():
        return rows, columns
    row, column = _solved(rows[contested], columns[contested], candidates.worth[contested])
    alone = ~contested
    return np.concatenate([rows[alone], row]), np.concatenate([columns[alone], column])


def _solved(rows: Int64Array, columns: Int64Array, worth: Float64Array) -> Pairs:
    own_rows, row = np.unique(rows, return_inverse=True)
    own_columns, column = np.unique(columns, return_inverse=True)
    matrix = np.zeros((len(own_rows), len(own_columns)))
    matrix[row, column] = worth
    row, column = linear_sum_assignment(matrix, maximize=True)
    good = matrix[row, column] > 0
    return own_rows[row[good]], own_columns[column[good]]
