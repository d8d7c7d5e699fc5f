from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import ENTRY, EXIT, noon, passed, section
from traffic.sections.reading import HourCount
from traffic.sections.transit import settled_at, transits
from traffic.sections.watch import HourWatch, TimeStretch, around, hour_of, hour_start, pieces, settling, whole_hours

NOON = hour_of(noon(0))


def test_an_hour_with_more_passages_than_before_is_looked_at_again() -> None:
    watch = HourWatch()
    first = [HourCount(ENTRY, 5, 10), HourCount(EXIT, 5, 8)]
    assert watch.changed(first) == first
    watch.looked_at(first)
    assert watch.changed(first) == []
    later = [HourCount(ENTRY, 5, 11), HourCount(EXIT, 5, 8), HourCount(EXIT, 6, 1)]
    assert watch.changed(later) == [later[0], later[2]]


def test_what_changed_is_new_until_it_was_looked_at() -> None:
    watch = HourWatch()
    assert watch.changed([HourCount(ENTRY, 5, 1)]) == watch.changed([HourCount(ENTRY, 5, 1)]) != []


def test_old_hours_are_forgotten() -> None:
    watch = HourWatch()
    counts = [HourCount(ENTRY, NOON - 1, 1), HourCount(ENTRY, NOON, 1)]
    watch.looked_at(counts)
    watch.forget_before(noon(0))
    assert watch.changed(counts) == counts[:1]


@pytest.mark.parametrize(("at_s", "hour"), [(0, NOON), (3599.9, NOON), (3600, NOON + 1), (-0.1, NOON - 1)])
def test_hours_begin_at_their_start(at_s: float, hour: int) -> None:
    assert hour_of(noon(at_s)) == hour
    assert hour_start(hour) <= noon(at_s) < hour_start(hour + 1)


@given(st.floats(1, 600), st.floats(0, 2000), st.floats(0, 500), st.booleans())
def test_every_exit_that_settles_between_two_looks_lies_in_the_stretch(
    left_s: float, before_s: float, gap_s: float, alike: bool
) -> None:
    (transit,) = transits([passed(ENTRY, 0, "M1"), passed(EXIT, left_s, "H1" if alike else "M1")], section())
    before, now = noon(before_s), noon(before_s + gap_s)
    stretch = settling(section(), before, now)
    if before < settled_at(transit, section()) <= now:
        assert stretch.since <= transit.pair.exit.moment.at < stretch.until


def test_the_hours_of_moments() -> None:
    def hours(first: int, end: int) -> TimeStretch:
        return TimeStretch(hour_start(NOON + first), hour_start(NOON + end))

    assert whole_hours([noon(7300), noon(10), noon(3599), noon(3600)]) == [hours(0, 3)]
    assert whole_hours([noon(0), noon(7200)]) == [hours(0, 1), hours(2, 3)]
    assert whole_hours(noon(3600 * hour) for hour in range(30)) == [hours(0, 24), hours(24, 30)]
    assert whole_hours([]) == []


def test_hours_that_lie_together_are_looked_at_together_a_day_at_most() -> None:
    hours = [HourCount(ENTRY, NOON + hour, 1) for hour in (*range(40), 100)]
    stretches = around(hours, section())
    assert all(stretch.until - stretch.since <= timedelta(days=1) for stretch in stretches)
    assert stretches[-1].since < hour_start(NOON + 100) < hour_start(NOON + 101) < stretches[-1].until
    for count in hours:
        assert any(
            each.since <= hour_start(count.hour) - timedelta(seconds=1200)
            and each.until >= hour_start(count.hour + 2) + timedelta(seconds=1200)
            for each in stretches
        )


def test_nothing_changed_nothing_to_look_at() -> None:
    assert around([], section()) == []


def test_pieces_cover_a_stretch_without_overlap() -> None:
    cut = list(pieces(TimeStretch(noon(0), noon(250)), timedelta(seconds=100)))
    assert cut == [TimeStretch(noon(start), noon(end)) for start, end in ((0, 100), (100, 200), (200, 250))]
    assert list(pieces(TimeStretch(noon(5), noon(5)))) == []
