"""Which pictures of passages nothing needs any more, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import STARTED_AT
from sqlalchemy import Engine

from tests.store.samples import number_id, picture, record, violation_record
from traffic.store.pictures import Awaited, forget_pictures, pictured, unneeded_pictures
from traffic.store.queries import get_passage
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.transits import Transit, TransitRecord, TransitRepository

LATER = STARTED_AT + timedelta(days=1)
AWAITED = Awaited("no picture", STARTED_AT)
PLAIN, BROKE_A_RULE, UNPICTURED, FAST_IN, FAST_OUT, SLOW_IN, SLOW_OUT, WAITING_IN, WAITING_OUT, SOUTH = range(10)


def transit(entry: int, exit_: int, warning: str | None = None) -> Transit:
    return Transit(
        transit_id=number_id("transit", exit_),
        section="bridge",
        entry_passage_id=number_id("passage", entry),
        exit_passage_id=number_id("passage", exit_),
        exit_camera_id="north",
        plate_text="A123BC77",
        plate_hash=None,
        match="exact",
        entered_at=STARTED_AT,
        left_at=STARTED_AT + timedelta(minutes=5),
        distance_m=3000.0,
        duration_s=300.0,
        speed_mps=10.0,
        standard_error_mps=0.1,
        warning=warning,
    )


def recorded(number: int) -> PassageRecord:
    rules = ("red_light",) if number == BROKE_A_RULE else ()
    of = record(number, rules=rules, camera_id="south" if number == SOUTH else "north")
    passage = replace(of.passage, ended_at=of.passage.started_at)
    return replace(of, passage=passage, picture=None if number == UNPICTURED else picture(number))


@pytest.fixture
def on_record(engine: Engine, absent: DatabaseSettings) -> Engine:
    Repository(engine, absent).record([recorded(number) for number in range(10)])
    TransitRepository(engine, absent).record(
        [
            TransitRecord(transit(FAST_IN, FAST_OUT), violation_record(FAST_OUT, rule="section_speeding:bridge")),
            TransitRecord(transit(SLOW_IN, SLOW_OUT)),
            TransitRecord(transit(WAITING_IN, WAITING_OUT, AWAITED.warning)),
        ]
    )
    return engine


def ids(numbers: Sequence[int]) -> list[str]:
    return [number_id("passage", number) for number in numbers]


def test_pictures_of_violations_stay_those_of_entries_too(on_record: Engine) -> None:
    found = unneeded_pictures(on_record, {"north": LATER}, AWAITED)
    assert [each.passage_id for each in found] == ids([PLAIN, SLOW_IN, SLOW_OUT])
    assert (found[0].camera_id, found[0].path) == ("north", picture(PLAIN).path)


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ({}, []),
        ({"south": LATER}, [SOUTH]),
        ({"north": STARTED_AT + timedelta(minutes=SLOW_IN), "south": STARTED_AT}, [PLAIN]),
    ],
    ids=["no camera", "another one", "long ago"],
)
def test_each_camera_has_its_time(on_record: Engine, before: dict[str, object], found: list[int]) -> None:
    assert [each.passage_id for each in unneeded_pictures(on_record, before, AWAITED)] == ids(found)


def test_after_a_while_nothing_is_awaited(on_record: Engine) -> None:
    awaited = Awaited(AWAITED.warning, LATER)
    found = {each.passage_id for each in unneeded_pictures(on_record, {"north": LATER}, awaited)}
    assert found == set(ids([PLAIN, SLOW_IN, SLOW_OUT, WAITING_IN, WAITING_OUT]))


def test_a_picture_is_forgotten_once_and_the_passage_stays(on_record: Engine) -> None:
    wanted = ids([PLAIN, FAST_IN, BROKE_A_RULE])
    assert forget_pictures(on_record, wanted, AWAITED) == frozenset(ids([PLAIN]))
    assert forget_pictures(on_record, wanted, AWAITED) == frozenset()
    row = get_passage(on_record, wanted[0])
    assert row is not None
    assert (row.picture_path, row.picture_sha256, row.picture_size_bytes) == (None, None, None)


def test_what_is_on_record(on_record: Engine) -> None:
    assert pictured(on_record, ids([PLAIN, UNPICTURED])) == {picture(PLAIN).path}
