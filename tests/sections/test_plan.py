"""What has to change in the record, by what it holds and which passages there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import ENTRY, EXIT, noon, passed, section
from traffic.datatypes import EvidenceFile
from traffic.sections import doubts
from traffic.sections.passage import SectionPassage
from traffic.sections.plan import CONTRADICTED, NO_PICTURE, Plan, make_plan
from traffic.sections.transit import SectionTransit, transits
from traffic.store.tables import TransitRow

IN, OUT = ENTRY, EXIT
LATER = noon(100_000)
ALL = (noon(-100_000), noon(100_000))


def row(transit: SectionTransit, *, warning: str | None = None, violation: str | None = None) -> TransitRow:
    stored = transit.stored
    return TransitRow(
        transit_id=stored.transit_id,
        section=stored.section,
        entry_passage_id=stored.entry_passage_id,
        exit_passage_id=stored.exit_passage_id,
        plate_text=stored.plate_text,
        plate_hash=stored.plate_hash,
        match=stored.match,
        entered_at=stored.entered_at,
        left_at=stored.left_at,
        distance_m=stored.distance_m,
        duration_s=stored.duration_s,
        speed_mps=stored.speed_mps,
        standard_error_mps=stored.standard_error_mps,
        warning=warning,
        violation_id=violation,
    )


def only(seen: Iterable[SectionPassage]) -> SectionTransit:
    (transit,) = transits(seen, section())
    return transit


def plan(seen: Iterable[SectionPassage], *rows: TransitRow, now_s: float = 100_000) -> Plan:
    return make_plan(seen, rows, section(), noon(now_s), ALL)


THROUGH = [passed(IN, 0), passed(OUT, 100)]


def test_a_transit_goes_on_record_when_it_is_settled() -> None:
    assert plan(THROUGH, now_s=435).fresh == ()
    assert plan(THROUGH, now_s=436).fresh == (only(THROUGH),)


def test_what_is_on_record_is_left_alone() -> None:
    assert plan(THROUGH, row(only(THROUGH))) == Plan((), ())
    assert plan(THROUGH, row(only(THROUGH), violation="v")) == Plan((), ())


def test_only_exits_within_the_stretch_are_looked_at() -> None:
    stretch = (noon(101), noon(500))
    assert make_plan(THROUGH, (), section(), LATER, stretch).fresh == ()


def test_a_late_entry_takes_the_place_of_an_earlier_one() -> None:
    old = row(only(THROUGH))
    told = plan([*THROUGH, passed(IN, 10)], old)
    (correction,), (fresh,) = told.corrections, told.fresh
    assert correction.withdraws
    assert correction.row is old
    assert fresh.pair.entry.moment.at == noon(10)


def test_a_late_exit_takes_the_entry_of_a_later_one() -> None:
    old = row(only(THROUGH))
    told = plan([*THROUGH, passed(OUT, 90)], old)
    (correction,), (fresh,) = told.corrections, told.fresh
    assert correction.withdraws
    assert fresh.pair.exit.moment.at == noon(90)


def test_a_violation_that_was_issued_stays_and_is_warned_of_once() -> None:
    issued = row(only(THROUGH), violation="v")
    told = plan([*THROUGH, passed(IN, 10)], issued)
    (correction,) = told.corrections
    assert not correction.withdraws
    assert correction.warning == CONTRADICTED
    assert told.fresh == (), "its exit has a transit on record"
    issued.warning = CONTRADICTED
    assert plan([*THROUGH, passed(IN, 10)], issued) == Plan((), ())


def test_a_late_passage_that_raises_a_doubt_changes_the_warning() -> None:
    """The entry before it does not take the exit, but nobody knows which of the two it was."""
    seen = [passed(IN, -60), *THROUGH]
    (correction,) = plan(seen, row(only(THROUGH), violation="v")).corrections
    assert correction.transit is not None
    assert correction.warning == doubts.ENTERED_TWICE
    assert plan(seen, row(only(THROUGH), warning=doubts.ENTERED_TWICE, violation="v")) == Plan((), ())


def test_a_late_passage_that_settles_a_doubt_takes_the_warning_back() -> None:
    doubtful = row(only(THROUGH), warning=doubts.ENTERED_TWICE)
    (correction,) = plan(THROUGH, doubtful).corrections
    assert correction.warning is None


def test_who_was_exempt_is_not_judged_anew() -> None:
    exempt = row(only(THROUGH), warning="exempt by list fire_brigade")
    assert plan(THROUGH, exempt) == Plan((), ())
    (correction,) = plan([passed(IN, -60), *THROUGH], exempt).corrections
    assert correction.warning == doubts.ENTERED_TWICE


@pytest.mark.parametrize(("entered", "left", "tried"), [(True, True, True), (True, False, False), (False, True, False)])
def test_only_pictures_that_are_on_record_are_tried_again(entered: bool, left: bool, tried: bool) -> None:
    picture = EvidenceFile("picture.jpg", "ab" * 32, 1234)
    seen = [passed(IN, 0, picture=picture if entered else None), passed(OUT, 100, picture=picture if left else None)]
    told = plan(seen, row(only(seen), warning=NO_PICTURE))
    assert [each.awaits_picture for each in told.corrections] == [True] * tried
    (doubted,) = plan([passed(IN, -60), *seen], row(only(seen), warning=NO_PICTURE)).corrections
    assert (doubted.awaits_picture, doubted.warning) == (False, doubts.ENTERED_TWICE)


def test_a_transit_whose_passages_are_gone_is_left_alone() -> None:
    """Nothing speaks against it: its plates were made unreadable when their time was up."""
    assert plan([], row(only(THROUGH))) == Plan((), ())


passages = st.lists(
    st.tuples(
        st.sampled_from([IN, OUT]), st.integers(0, 60).map(lambda step: step * 20), st.sampled_from(["M1", "H1", "H2"])
    ),
    max_size=14,
    unique=True,
).map(lambda rows: [passed(*row) for row in rows])


@given(passages, st.lists(st.integers(0, 2000), max_size=4), st.lists(st.integers(0, 2000), min_size=14, max_size=14))
def test_whenever_passages_come_and_plans_are_made_the_record_ends_the_same(
    seen: list[SectionPassage], looks_s: list[int], delays_s: list[int]
) -> None:
    """But for violations, which stay: any lateness and any looks give what one look at the end gives."""
    rows: dict[str, TransitRow] = {}
    for now_s in [*sorted(looks_s), 100_000]:
        here = [
            each
            for each, delay_s in zip(seen, delays_s, strict=False)
            if each.moment.at + timedelta(seconds=delay_s) <= noon(now_s)
        ]
        told = plan(here, *rows.values(), now_s=now_s)
        for correction in told.corrections:
            if correction.withdraws:
                del rows[correction.row.transit_id]
            else:
                correction.row.warning = correction.warning
        rows |= {each.transit_id: row(each, warning=each.warning) for each in told.fresh}
    assert {(each.transit_id, each.warning) for each in rows.values()} == {
        (each.transit_id, each.warning) for each in transits(seen, section())
    }


@given(passages, st.lists(st.integers(0, 300), min_size=14, max_size=14), st.lists(st.integers(0, 3000), max_size=6))
def test_nothing_that_comes_on_time_corrects_a_record(
    seen: list[SectionPassage], delays_s: list[int], looks_s: list[int]
) -> None:
    rows: list[TransitRow] = []
    for now_s in sorted(looks_s):
        here = [
            each
            for each, delay_s in zip(seen, delays_s, strict=False)
            if each.moment.at + timedelta(seconds=delay_s) <= noon(now_s)
        ]
        told = plan(here, *rows, now_s=now_s)
        assert told.corrections == ()
        rows += [row(each, warning=each.warning) for each in told.fresh]
