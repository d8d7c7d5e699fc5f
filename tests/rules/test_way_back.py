"""What counts as driving back, in metres along a lane against seconds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.rules.way_back import Progress, WayBack, first_way_back


def along(metres, *, fps=25.0, seconds=None):
    metres = np.array(metres, float)
    seconds = np.arange(len(metres)) / fps if seconds is None else np.array(seconds, float)
    return Progress(np.round(seconds * 1e9).astype(np.int64), metres, 10 * metres, 10 * metres)


def found(progress):
    return first_way_back(progress, 10.0) is not None


@pytest.mark.parametrize("fps", [5, 12.5, 25, 50])
@pytest.mark.parametrize("mps", [2, 10, 30])
def test_a_steady_way_back_is_found_where_it_is_long_enough(fps, mps):
    told = first_way_back(along(100 - mps * np.arange(0, 60 / mps, 1 / fps), fps=fps), 10.0)
    assert told.furthest == 0
    assert told.reached == max(np.ceil(10 * fps / mps), 4, np.ceil(0.5 * fps))


@given(
    fps=st.sampled_from([5.0, 12.5, 25.0, 50.0]),
    mps=st.floats(0, 40),
    jump=st.floats(1, 200),
    gap_s=st.floats(0, 3),
    changes=st.integers(1, 3),
)
def test_changing_over_to_vehicles_behind_is_never_driving_back(fps, mps, jump, gap_s, changes):
    """Three vehicles at the same distance, and a track that goes from each to the next one behind."""
    seconds = np.arange(0, 2 * (changes + 1), 1 / fps)
    change = np.minimum(seconds // 2, changes)
    metres = mps * (seconds + gap_s * change) - jump * change
    assert not found(along(metres, seconds=seconds + gap_s * change))


@pytest.mark.parametrize(
    ("what", "progress", "broken"),
    [
        ("four observations", along([30, 24, 18, 12], fps=5), False),
        ("five observations", along([30, 25, 20, 15, 10], fps=5), True),
        ("five observations in less than half a second", along([30, 26, 22, 18, 14], fps=12.5), False),
        ("half of the way in one step", along([30, 28, 26, 16, 14, 12], fps=5), False),
        ("the same and as much again", along([30, 28, 26, 16, 14, 12, 8, 4, 0, -4], fps=5), True),
        ("back after a change of track", along([0, 5, 10, *np.arange(300, 270, -2)], fps=10), True),
        ("back by nine metres", along(np.arange(30, 20.5, -0.5)), False),
        ("nothing", along([]), False),
        ("one observation", along([3]), False),
    ],
)
def test_a_way_of(what, progress, broken):
    assert found(progress) == broken


def test_only_the_lower_edge_going_back_is_not_driving_back():
    back = along(100 - 10 * np.arange(0, 3, 0.04))
    hidden = Progress(back.pts_ns, back.along, back.lower_px, np.zeros_like(back.upper_px))
    assert found(back)
    assert not found(hidden)


def test_the_way_is_counted_from_after_the_jump():
    metres = [*np.arange(0, 10, 0.5), *np.arange(100, 80, -0.5)]
    assert first_way_back(along(metres), 10.0) == WayBack(furthest=20, reached=40)
