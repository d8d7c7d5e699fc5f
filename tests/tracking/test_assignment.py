from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from traffic.tracking.assignment import best_pairs
from traffic.tracking.observed import WEAK_WORTH


def _pairs(similarity: np.ndarray) -> list[tuple[int, int]]:
    rows, columns = np.nonzero(similarity)
    found = best_pairs(rows, columns, similarity[rows, columns])
    return sorted(zip(found[0].tolist(), found[1].tolist(), strict=True))


@pytest.mark.parametrize(
    ("story", "similarity", "pairs"),
    [
        ("nothing fits", [[0, 0], [0, 0]], []),
        ("one fits", [[0, 0.5], [0, 0]], [(0, 1)]),
        ("each its own", [[0.9, 0], [0, 0.8]], [(0, 0), (1, 1)]),
        ("the greedy choice is worse", [[0.9, 0.8], [0.8, 0.1]], [(0, 1), (1, 0)]),
        ("two want the same", [[0.9], [0.8]], [(0, 0)]),
        ("one clear pair beside a contest", [[0.6, 0.5, 0], [0.9, 0, 0], [0, 0, 0.3]], [(0, 1), (1, 0), (2, 2)]),
        ("an impossible pair is not made for the sum", [[0.9, 0], [0.8, 0]], [(0, 0)]),
    ],
)
def test_the_pairs(story, similarity, pairs):
    assert _pairs(np.array(similarity, np.float64)) == pairs


def _best_sum(similarity: np.ndarray) -> float:
    if similarity.shape[0] > similarity.shape[1]:
        similarity = similarity.T
    n, m = similarity.shape
    return max(
        sum(similarity[i, j] for i, j in zip(range(n), order, strict=True)) for order in permutations(range(m), n)
    )


matrices = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.one_of(st.just(0.0), st.floats(0.1, 1.0)))
)


@settings(max_examples=300, deadline=None)
@given(similarity=matrices)
def test_no_other_pairing_is_better(similarity):
    pairs = _pairs(similarity)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert len(set(rows)) == len(set(columns)) == len(pairs)
    assert (similarity[rows, columns] > 0).all()
    assert similarity[rows, columns].sum() == pytest.approx(_best_sum(similarity))


@settings(max_examples=200, deadline=None)
@given(similarity=matrices, strong=st.integers(0, 6))
def test_weak_detections_take_what_the_strong_ones_leave_as_if_they_came_second(similarity, strong):
    pairs = _pairs(np.concatenate([similarity[:, :strong], similarity[:, strong:] * WEAK_WORTH], axis=1))
    first = [pair for pair in pairs if pair[1] < strong]
    worth = sum(similarity[pair] for pair in first)
    assert worth == pytest.approx(_best_sum(similarity[:, :strong]) if strong else 0)
    left = np.delete(similarity[:, strong:], [row for row, _ in first], axis=0)
    second = sum(similarity[pair] for pair in pairs if pair[1] >= strong)
    assert second == pytest.approx(_best_sum(left) if left.size else 0)


def test_many_vehicles_side_by_side_are_paired_as_by_one_solution_of_the_whole():
    rng = np.random.default_rng(0)
    apart = np.abs(np.arange(300)[:, None] - np.arange(300))
    similarity = np.where(apart < 3, rng.uniform(0.1, 1, (300, 300)), 0)
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    best = {(i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if similarity[i, j]}
    assert set(_pairs(similarity)) == best
