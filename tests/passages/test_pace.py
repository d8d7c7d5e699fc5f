"""When a vehicle is looked at, as its view gets better and worse."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.passages.pace import Pace, PaceLimits

MS = 1_000_000
STEADY = [100.0] * 50
NEARER = [100 * 1.1**step for step in range(50)]
AWAY = NEARER[::-1]


def attempts(limits, qualities, step_ms=40):
    pace, made = Pace(limits), []
    for frame, quality in enumerate(qualities):
        if pace.is_due(frame * step_ms * MS, quality):
            pace.count(frame * step_ms * MS, quality)
            made.append(frame)
    return made


@pytest.mark.parametrize(
    ("limits", "qualities", "made"),
    [
        (PaceLimits(0.2, 9, 9), STEADY, [0, 5, 10, 15, 20, 25, 30, 35, 40]),
        (PaceLimits(0.1, 9, 3), STEADY, [0, 3, 6]),
        (PaceLimits(0.0, 4, 9), STEADY, [0, 1, 2, 3]),
        (PaceLimits(0.2, 99, 1), NEARER[:20], [0, 5, 10, 15]),
        (PaceLimits(0.0, 99, 2), NEARER[:12], [0, 1, 5, 6, 10, 11]),
        (PaceLimits(0.0, 99, 99), AWAY, [0, 1, 2, 3, 4]),
        (PaceLimits(0.0, 0, 9), STEADY, []),
    ],
    ids=[
        "every fifth frame",
        "three alike",
        "four at most",
        "nearer: each better view once",
        "nearer: each better view twice",
        "away: while seen about as well",
        "never",
    ],
)
def test_the_frames_that_are_tried(limits, qualities, made):
    assert attempts(limits, qualities) == made


def test_an_approaching_vehicle_is_tried_on_its_best_views_too():
    assert max(attempts(PaceLimits(0.1, 24, 4), NEARER[:30])) >= 24


@given(
    st.builds(PaceLimits, st.floats(0, 1), st.integers(0, 20), st.integers(1, 6)),
    st.lists(st.floats(1, 1e6), max_size=60),
)
def test_whatever_the_views_the_limits_hold(limits, qualities):
    made = attempts(limits, qualities)
    assert len(made) <= limits.maximum
    gaps = [(later - earlier) * 0.04 for earlier, later in pairwise(made)]
    assert all(gap >= limits.interval_s - 1e-9 for gap in gaps)


def test_one_that_stands_is_tried_again_in_longer_and_longer_intervals():
    assert attempts(PaceLimits(0.0, 99, 2, rest_s=1.0), [100.0] * 400) == [0, 1, 26, 76, 176, 376]


def test_a_better_view_ends_the_rest():
    made = attempts(PaceLimits(0.0, 99, 2, rest_s=1.0), [100.0] * 30 + [200.0] * 30)
    assert made == [0, 1, 26, 30, 31, 56]


def test_what_was_badly_seen_counts_for_less():
    pace, made = Pace(PaceLimits(0.0, 99, 2)), 0
    while pace.is_due(made * MS, 100.0):
        pace.count(made * MS, 100.0, worth=0.25)
        made += 1
    assert made == 8


def test_what_costs_less_leaves_more_attempts():
    pace, made = Pace(PaceLimits(0.0, 3, 99)), 0
    while pace.is_due(made * MS, 100.0):
        pace.count(made * MS, 100.0, cost=0.25)
        made += 1
    assert made == 12
