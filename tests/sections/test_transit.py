from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import ENTRY, EXIT, noon, passed, section
from traffic.sections.passage import SectionPassage
from traffic.sections.transit import settled_at, transits, violation_of

IN, OUT = ENTRY, EXIT


def through(duration_s: float, **changes: object) -> list[SectionPassage]:
    return [passed(IN, 0, **changes), passed(OUT, duration_s, **changes)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("duration_s", "changes", "fined"),
    [
        (120, {}, False),  # 90 km/h, the limit
        (119.8, {}, False),  # 90.15 km/h, and three standard errors are 0.25
        (119, {}, True),  # 90.8 km/h
        (118, {"clock_error_s": 1.0}, False),
        (110, {"clock_error_s": 1.0}, True),  # 98.2 km/h, surely 95.5
        (110, {"clock_error_s": 1.0, "tolerance_kmh": 6}, False),
        (110, {"clock_error_s": 1.0, "tolerance_kmh": 5}, True),
        (110, {"distance_error_m": 100}, False),
        (110, {"distance_error_m": 100, "standard_errors": 2}, True),
    ],
)
def test_who_is_surely_faster_than_limit_and_tolerance(
    duration_s: float, changes: dict[str, object], fined: bool
) -> None:
    judged = section(**changes)
    (transit,) = transits(through(duration_s), judged)
    assert (violation_of(transit, judged) is not None) is fined


@pytest.mark.parametrize(
    "seen",
    [
        [passed(IN, 0, "M123BC77"), passed(OUT, 60, "H123BC77")],
        through(60, certain=False),
        through(30),
        [passed(IN, 0), passed(IN, 10), passed(OUT, 60)],
        [passed(IN, 0), passed(OUT, 60, vehicle_type="bus")],
    ],
    ids=["one character differs", "not certain", "impossibly fast", "entered twice", "another vehicle"],
)
def test_a_transit_with_a_warning_is_never_fined(seen: list[SectionPassage]) -> None:
    (transit,) = transits(seen, section())
    assert transit.warnings
    assert violation_of(transit, section()) is None


def test_the_violation_says_what_it_rests_on() -> None:
    (transit,) = transits(through(100), section(tolerance_kmh=2))
    violation = violation_of(transit, section(tolerance_kmh=2))
    assert violation is not None
    assert (violation.rule, violation.camera_id) == ("section_speeding:bridge", OUT)
    assert violation.passage_id == transit.pair.exit.passage_id
    assert (violation.occurred_at, violation.pts_ns) == (noon(100), 100 * 10**9)
    facts = {fact.name: (fact.value, fact.unit) for fact in violation.facts}
    assert facts["average_speed"] == (30.0, "m/s")
    assert facts["limit"] == (25.0, "m/s")
    assert facts["distance"] == (3000.0, "m")
    assert facts["duration"] == (100.0, "s")
    assert facts["left"][0] - facts["entered"][0] == 100
    assert {"standard_error", "tolerance"} < set(facts)


def test_ids_come_from_section_and_passages_alone() -> None:
    (one,) = transits(through(100), section())
    (again,) = transits(reversed(through(100)), section(limit_kmh=50, distance_m=3100))
    (elsewhere,) = transits(through(100), section(name="tunnel"))
    assert one.transit_id == again.transit_id != elsewhere.transit_id
    UUID(one.transit_id)


def test_the_plate_is_told_only_where_both_passages_keep_it() -> None:
    hashed, read = passed(IN, 0, None, plate_hash="aa"), passed(OUT, 100, plate_hash="aa")
    (transit,) = transits([hashed, read], section())
    assert (transit.stored.plate_text, transit.stored.plate_hash) == (None, "aa")


def test_the_record_of_a_transit() -> None:
    (transit,) = transits([passed(IN, 0, certain=False), passed(OUT, 30)], section())
    stored = transit.stored
    assert (stored.section, stored.match, stored.plate_text, stored.plate_hash) == ("bridge", "exact", "A123BC77", None)
    assert (stored.entered_at, stored.left_at, stored.exit_camera_id) == (noon(0), noon(30), OUT)
    assert (stored.distance_m, stored.duration_s, stored.speed_mps) == (3000, 30, 100)
    assert stored.warning == "; ".join(transit.warnings)
    assert len(transit.warnings) == 2


def test_a_transit_is_settled_when_no_passage_on_time_can_change_it() -> None:
    (exact,) = transits(through(100), section())
    (alike,) = transits([passed(IN, 0, "M123BC77"), passed(OUT, 100, "H123BC77")], section())
    far = section(distance_m=10_000, maximum_duration_s=900)
    (long,) = transits(through(500), far)
    assert settled_at(exact, section()) == noon(100) + timedelta(seconds=36 + 300), "it cannot be here again sooner"
    assert settled_at(exact, section(distance_m=1000)) == noon(100) + timedelta(seconds=30 + 300)
    assert settled_at(long, far) == noon(500) + timedelta(seconds=120 + 300)
    assert settled_at(alike, section()) == noon(100) + timedelta(seconds=600 + 300)


SHORT = section(distance_m=1000, maximum_duration_s=100, lateness_s=60)
passages = st.lists(
    st.tuples(
        st.sampled_from([IN, OUT]), st.integers(0, 120).map(lambda step: step * 10), st.sampled_from(["M1", "H1", "H2"])
    ),
    max_size=20,
    unique=True,
).map(lambda rows: [passed(*row) for row in rows])


@given(passages)
def test_nothing_of_the_same_plate_speaks_against_what_is_fined(seen: list[SectionPassage]) -> None:
    """Every other entry in reach has left by then, and the plate was at no two places at once."""
    found = transits(seen, SHORT)
    exit_of = {each.pair.entry.passage_id: each.pair.exit for each in found if each.pair.match == "exact"}
    for entry, exit_ in ((each.pair.entry, each.pair.exit) for each in found if not each.warnings):
        others = [each for each in seen if each.plate_text == exit_.plate_text and each not in (entry, exit_)]
        for other in others:
            across = exit_ if other.camera_id == IN else entry
            assert abs((other.moment.at - across.moment.at).total_seconds()) >= 12, "1 km at 300 km/h"
            before_s = (exit_.moment.at - other.moment.at).total_seconds()
            if other.camera_id == IN and 0 < before_s <= 100:
                assert exit_of[other.passage_id].moment.at < entry.moment.at


@given(passages, st.integers(0, 1000))
def test_a_part_of_the_record_can_be_matched_alone(seen: list[SectionPassage], since_s: int) -> None:
    """The exits of a stretch of time need the passages for three times the longest duration around it only."""
    near = [each for each in seen if noon(since_s - 300) <= each.moment.at < noon(since_s + 100 + 300)]

    def of_the_stretch(passages: list[SectionPassage]) -> list[object]:
        inside = (
            each
            for each in transits(passages, SHORT)
            if noon(since_s) <= each.pair.exit.moment.at < noon(since_s + 100)
        )
        return [(each.transit_id, each.warnings) for each in inside]

    assert of_the_stretch(near) == of_the_stretch(seen)


@given(passages, st.lists(st.integers(0, 60), min_size=20, max_size=20), st.integers(0, 1500))
def test_what_is_settled_stays_as_it_is(seen: list[SectionPassage], delays_s: list[int], now_s: int) -> None:
    """Passages arrive up to lateness_s late; what is settled at any time is what the whole record says in the end."""
    arrived = [each for each, delay_s in zip(seen, delays_s, strict=False) if each.moment.at <= noon(now_s - delay_s)]
    settled = {
        (each.transit_id, each.warnings) for each in transits(arrived, SHORT) if settled_at(each, SHORT) <= noon(now_s)
    }
    in_the_end = {
        (each.transit_id, each.warnings) for each in transits(seen, SHORT) if settled_at(each, SHORT) <= noon(now_s)
    }
    assert settled == in_the_end
