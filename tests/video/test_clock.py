from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.video.clock import FileClock, LiveClock, ticks_to_ns

MS = 1_000_000
S = 1_000 * MS
MILLISECONDS = Fraction(1, 1000)


def stamps(ticks: list[int | None], base: Fraction = MILLISECONDS) -> tuple[list[int], int]:
    clock = FileClock(base, Fraction(25))
    return [clock.stamp(t) for t in ticks], clock.repaired


@pytest.mark.parametrize(
    ("why", "ticks", "expected_ms", "repaired"),
    [
        ("constant rate", [0, 40, 80], [0, 40, 80], 0),
        ("offset at the start", [5000, 5040, 5080], [0, 40, 80], 0),
        ("negative start", [-80, -40, 0], [0, 40, 80], 0),
        ("variable rate", [0, 10, 250, 251], [0, 10, 250, 251], 0),
        ("missing", [0, None, 80], [0, 40, 80], 1),
        ("all missing", [None, None, None], [0, 40, 80], 2),
        ("missing at the start", [None, 1000, 1040], [0, 40, 80], 0),
        ("repeated", [0, 40, 40, 80], [0, 40, 60, 80], 1),
        ("swapped", [0, 80, 40, 120], [0, 80, 100, 120], 1),
        ("joined recordings", [0, 40, 5000, 0, 40, 80], [0, 40, 5000, 5040, 5080, 5120], 1),
        ("a gap in the recording stays", [0, 40, 60000], [0, 40, 60000], 0),
    ],
)
def test_file_time(why: str, ticks: list[int | None], expected_ms: list[int], repaired: int) -> None:
    assert stamps(ticks) == ([ms * MS for ms in expected_ms], repaired), why


@pytest.mark.parametrize("base", [Fraction(1, 90000), Fraction(1001, 30000), Fraction(1, 12800), Fraction(1, 3)])
def test_file_time_is_exact_after_a_month(base: Fraction) -> None:
    month = int(30 * 86400 / base)
    (_, last), _ = stamps([7, 7 + month], base)
    assert last == int(month * base * S)


def test_ticks_round_down() -> None:
    assert [ticks_to_ns(t, Fraction(1, 3)) for t in (-1, 0, 1, 2, 3)] == [-333333334, 0, 333333333, 666666666, S]


@given(st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=50), st.sampled_from([1, 1000, 90000]))
def test_file_time_always_rises_from_zero(ticks: list[int | None], rate: int) -> None:
    out, _ = stamps(ticks, Fraction(1, rate))
    assert out[:1] in ([], [0])
    assert all(a < b for a, b in pairwise(out))


def test_live_time_follows_the_camera_and_not_the_jitter_of_arrival() -> None:
    clock = LiveClock()
    jitter_ms = [0, 9, -7, 30, -12, 4, 0, 22]
    out = [clock.stamp(900 * S + i * 40 * MS, 5 * S + (i * 40 + j) * MS) for i, j in enumerate(jitter_ms)]
    for i, stamp in enumerate(out):
        assert abs(stamp - i * 40 * MS) < 0.2 * MS
    assert clock.repaired == 0


def test_live_time_goes_on_over_a_reconnect_by_the_time_elapsed() -> None:
    clock = LiveClock()
    first = [clock.stamp(i * 40 * MS, i * 40 * MS) for i in range(3)]
    clock.connection_begins()
    again = [clock.stamp(77 * S + i * 40 * MS, 10 * S + i * 40 * MS) for i in range(3)]
    assert first == [0, 40 * MS, 80 * MS]
    assert again == [10 * S, 10 * S + 40 * MS, 10 * S + 80 * MS]
    assert clock.repaired == 0


def test_live_time_keeps_the_cameras_intervals_when_the_network_stalls_and_catches_up() -> None:
    clock = LiveClock()
    arrivals_ms = [0, 40, 80, 3100, 3101, 3102, *range(3103, 3175)]
    out = [clock.stamp(i * 40 * MS, arrival * MS) for i, arrival in enumerate(arrivals_ms)]
    for i, stamp in enumerate(out):
        assert abs(stamp - i * 40 * MS) < 2 * MS
    assert clock.repaired == 0


def test_a_cameras_slow_quartz_is_pulled_to_the_monotonic_clock() -> None:
    clock = LiveClock()
    error_ns = 0
    for i in range(0, 200_000, 10):
        arrival = i * 40 * MS
        error_ns = clock.stamp(arrival - arrival // 10_000, arrival) - arrival
    assert abs(error_ns) < MS
    assert clock.repaired == 0


@pytest.mark.parametrize(
    ("why", "pts_ms", "repaired"),
    [
        ("none at all", [None, None, None, None], 4),
        ("jump to another epoch", [0, 40, 900_000, 900_040], 1),
        ("back to zero", [50_000, 50_040, 0, 40], 1),
        ("standing still", [0, 0, 40, 80], 1),
    ],
)
def test_live_pts_that_cannot_be_is_replaced_by_the_arrival(why: str, pts_ms: list[int | None], repaired: int) -> None:
    clock = LiveClock()
    out = [clock.stamp(None if p is None else p * MS, 3 * S + i * 40 * MS) for i, p in enumerate(pts_ms)]
    for i, stamp in enumerate(out):
        assert abs(stamp - i * 40 * MS) < 0.2 * MS, why
    assert clock.repaired == repaired


@given(
    st.lists(st.tuples(st.booleans(), st.none() | st.integers(-(10**13), 10**13), st.integers(0, 10**11)), max_size=60)
)
def test_live_time_always_rises_from_zero(pictures: list[tuple[bool, int | None, int]]) -> None:
    clock, arrival, out = LiveClock(), 0, []
    for reconnect, pts, waited in pictures:
        if reconnect:
            clock.connection_begins()
        arrival += waited
        out.append(clock.stamp(pts, arrival))
    assert out[:1] in ([], [0])
    assert all(a < b for a, b in pairwise(out))
