"""On both databases: what is read of passages and transits."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.sections.rows import LINE, passage_record, record
from tests.sections.samples import ENTRY, EXIT, noon, passed, section
from traffic.datatypes import EvidenceFile
from traffic.sections.plan import NO_PICTURE
from traffic.sections.reading import (
    HourCount,
    hour_counts,
    list_transits,
    passages_between,
    transits_between,
    without_pictures,
)
from traffic.sections.transit import transits
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.transits import TransitRecord, TransitRepository

LINES = section(entry_line=LINE, exit_line=LINE, entry_direction="forward")


def test_passages_come_back_with_their_moments(engine: Engine, absent: DatabaseSettings) -> None:
    picture = EvidenceFile("west/picture.jpg", "ab" * 32, 1234)
    seen = [
        passed(ENTRY, 0, picture=picture),
        passed(EXIT, 100.5, certain=False, vehicle_type="van"),
        passed(EXIT, 200, None, plate_hash="aa"),
        passed(EXIT, 300, None, plate_hash="bb", certain=False),
    ]
    record(engine, absent, [*seen, passed("north", 50), passed(ENTRY, 60, None)])
    with Session(engine) as session:
        found = passages_between(session, LINES, noon(-1000), noon(1000))
    assert [replaced(each) for each in sorted(found, key=lambda each: each.order)] == [replaced(each) for each in seen]


def replaced(seen: object) -> tuple[object, ...]:
    """All but the media time, which begins anew in every recording."""
    moment = seen.moment  # type: ignore[attr-defined]
    names = ("passage_id", "camera_id", "vehicle_type", "plate_text", "plate_hash", "certain", "picture")
    return *(getattr(seen, name) for name in names), moment.at, moment.error_s, moment.position_error_m


def test_from_the_first_moment_on_and_before_the_second(engine: Engine, absent: DatabaseSettings) -> None:
    record(engine, absent, [passed(ENTRY, at_s) for at_s in (0, 1, 2, 3)])
    with Session(engine) as session:
        found = passages_between(session, LINES, noon(1), noon(3))
    assert sorted(each.moment.at for each in found) == [noon(1), noon(2)]


def test_who_did_not_cross_the_line_was_not_there(engine: Engine, absent: DatabaseSettings) -> None:
    Repository(engine, absent).record([passage_record(ENTRY, 0, passage_id=str(uuid4()), crosses=False)])
    with Session(engine) as session:
        assert passages_between(session, LINES, noon(-100), noon(100)) == []
        assert len(passages_between(session, section(), noon(-100), noon(100))) == 1


def test_a_hash_of_which_nobody_told_how_sure_it_is_is_not_certain(engine: Engine, absent: DatabaseSettings) -> None:
    told = passage_record(ENTRY, 0, None, passage_id=str(uuid4()), plate_hash="aa", certain=None)
    Repository(engine, absent).record([told])
    with Session(engine) as session:
        (found,) = passages_between(session, LINES, noon(-100), noon(100))
    assert not found.certain


def test_a_plate_that_is_kept_as_text_meets_one_that_is_kept_as_its_hash(
    engine: Engine, absent: DatabaseSettings
) -> None:
    def hash_of(plate: str) -> str:
        return plate[::-1].lower()

    record(engine, absent, [passed(ENTRY, 0, "A123BC77"), passed(EXIT, 100, None, plate_hash="77cb321a")])
    with Session(engine) as session:
        without = passages_between(session, LINES, noon(-1000), noon(1000))
        found = passages_between(session, LINES, noon(-1000), noon(1000), hash_of)
    assert transits(without, LINES) == []
    (transit,) = transits(found, LINES)
    assert (transit.pair.match, transit.stored.plate_text, transit.stored.plate_hash) == ("hash", None, "77cb321a")


def test_hours_are_counted_by_camera(engine: Engine, absent: DatabaseSettings) -> None:
    hour = int(noon(0).timestamp()) // 3600
    record(
        engine,
        absent,
        [
            *(passed(ENTRY, at_s) for at_s in (-7000, 10, 3000)),
            passed(ENTRY, 20, None),
            *(passed(EXIT, at_s) for at_s in (100, 3700)),
            passed("north", 10),
        ],
    )
    with Session(engine) as session:
        counts = hour_counts(session, section(), noon(0))
    assert counts == [HourCount(EXIT, hour, 1), HourCount(ENTRY, hour, 2), HourCount(EXIT, hour + 1, 1)]


def test_the_last_half_second_belongs_to_its_hour(engine: Engine, absent: DatabaseSettings) -> None:
    hour = int(noon(0).timestamp()) // 3600
    start_s = 2.0  # a passage begins so long before it crosses the line
    record(engine, absent, [passed(ENTRY, start_s + at_s) for at_s in (3599.4, 3599.7, 3599.999, 3600)])
    with Session(engine) as session:
        counts = hour_counts(session, section(), noon(0))
    assert counts == [HourCount(ENTRY, hour, 3), HourCount(ENTRY, hour + 1, 1)]


def test_hours_after_2038_are_counted_too(engine: Engine, absent: DatabaseSettings) -> None:
    at_s = 20 * 365 * 86_400.0
    record(engine, absent, [passed(ENTRY, at_s + 100)])
    with Session(engine) as session:
        (count,) = hour_counts(session, section(), noon(0))
    assert count.hour == int(noon(at_s).timestamp()) // 3600


def test_transits_of_a_stretch(engine: Engine, absent: DatabaseSettings) -> None:
    seen = [passed(ENTRY, 0), passed(EXIT, 100), passed(ENTRY, 200), passed(EXIT, 300)]
    record(engine, absent, seen)
    TransitRepository(engine, absent).record([TransitRecord(each.stored) for each in transits(seen, section())])
    with Session(engine) as session:
        (row,) = transits_between(session, section(), noon(100), noon(300))
        assert transits_between(session, section(name="tunnel"), noon(0), noon(1000)) == []
    assert (row.left_at, row.entered_at, row.match) == (noon(100), noon(0), "exact")
    assert row.left_at - row.entered_at == timedelta(seconds=row.duration_s)


def test_the_newest_transits_come_first(engine: Engine, absent: DatabaseSettings) -> None:
    seen = [passed(ENTRY, 0), passed(EXIT, 100), passed(ENTRY, 200), passed(EXIT, 300)]
    record(engine, absent, seen)
    TransitRepository(engine, absent).record([TransitRecord(each.stored) for each in transits(seen, section())])
    newest, oldest = list_transits(engine, None, None, None, None)
    assert (newest.row.left_at, oldest.row.left_at) == (noon(300), noon(100))
    assert (newest.plate_country, newest.plate_format) == ("ru", "1")
    assert [each.row.left_at for each in list_transits(engine, "bridge", noon(100), noon(300), 1)] == [noon(100)]
    assert list_transits(engine, "tunnel", None, None, None) == []


def test_who_was_not_fined_for_want_of_a_picture_that_is_on_record(engine: Engine, absent: DatabaseSettings) -> None:
    picture = EvidenceFile("picture.jpg", "ab" * 32, 1234)
    seen = [
        *(passed(ENTRY, 0, picture=picture), passed(EXIT, 100, picture=picture)),
        *(passed(ENTRY, 200, picture=picture), passed(EXIT, 300)),
        *(passed(ENTRY, 400, "B1", picture=picture), passed(EXIT, 500, "B1", picture=picture)),
        *(passed(ENTRY, 600, picture=picture), passed(EXIT, 700, picture=picture)),
    ]
    record(engine, absent, seen)
    stored = [each.stored for each in transits(seen, section())]
    TransitRepository(engine, absent).record(
        [TransitRecord(changed(each, warning=NO_PICTURE if each.plate_text != "B1" else None)) for each in stored]
    )
    with Session(engine) as session:
        assert without_pictures(session, section(), noon(0)) == [noon(100), noon(700)]
        assert without_pictures(session, section(), noon(101)) == [noon(700)]
        assert without_pictures(session, section(name="tunnel"), noon(0)) == []
