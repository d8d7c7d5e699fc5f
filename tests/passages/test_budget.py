import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.passages.budget import BURST_S, ReadingBudget, promise

MS = 1_000_000


def granted(budget, wanted, *, step_ms=40, camera_id="north"):
    return [budget.granted(camera_id, frame * step_ms * MS, count) for frame, count in enumerate(wanted)]


@pytest.mark.parametrize(
    ("per_second", "wanted", "given"),
    [
        (None, [9] * 4, [9, 9, 9, 9]),
        (25, [3] * 4, [3, 3, 1, 1]),
        (25, [0, 0, 0, 9], [0, 0, 0, 5]),
        (2, [1] * 14, [1, *[0] * 12, 1]),
        (60, [1] * 5, [1] * 5),
    ],
    ids=["no limit", "saved, then one a frame", "no more is saved than a burst", "seldom", "enough"],
)
def test_how_many_may_be_read(per_second, wanted, given):
    assert granted(ReadingBudget(per_second, 1), wanted) == given


def test_cameras_have_equal_shares_whatever_the_others_do():
    alone, together = ReadingBudget(20, 2), ReadingBudget(20, 2)
    expected = granted(alone, [3] * 50)
    for frame in range(50):
        together.granted("south", frame * 40 * MS, 5)
    assert granted(together, [3] * 50) == expected
    assert sum(expected) == pytest.approx(10 * 49 * 0.04 + 10 * BURST_S, abs=1)


def test_a_recording_that_starts_anew_earns_nothing_by_it():
    budget = ReadingBudget(10, 1)
    budget.granted("north", 10_000 * MS, 9)
    assert budget.granted("north", 0, 9) == 0


@given(st.floats(0.5, 100), st.lists(st.integers(0, 12), min_size=1, max_size=80))
def test_no_more_is_granted_than_is_earned(per_second, wanted):
    given = granted(ReadingBudget(per_second, 1), wanted)
    assert all(0 <= got <= asked for got, asked in zip(given, wanted, strict=True))
    earned = per_second * (len(wanted) - 1) * 0.04
    assert sum(given) <= earned + max(per_second * BURST_S, 1) + 1e-6


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0.0, 1.0, 2.0), (0.9, 1.0, 2.0)),
        ((0.5, 1.0, 0.2), (0.5, 1.0, 5.0)),
        ((0.5, 1.0, 1.0), (0.5, 0.6, 1.0)),
        ((0.5, 1.0, 1.0), (0.5, 1.0, float("inf"))),
    ],
    ids=["not known yet", "about to leave", "seen better", "the other stands"],
)
def test_who_is_read_first(first, second):
    assert promise(*first) > promise(*second)
