"""What a person asks of the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import STARTED_AT
from sqlalchemy import Engine

from tests.store.samples import number_id, record
from traffic.errors import StoreError
from traffic.store.queries import (
    CrossingCount,
    RecordFilter,
    count_crossings,
    get_passage,
    get_violation,
    list_passages,
    list_violations,
)
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

MINUTE = timedelta(minutes=1)
NUMBERS = {number_id("passage", number): number for number in range(5)}
PASSAGES = [
    record(0, plate_text="A123BC77"),
    record(1, plate_text="A123BC777", rules=("red_light",)),
    record(2, plate_text="K_55%X50", vehicle_type="bus", camera_id="south", direction="backward"),
    record(3, rules=("red_light", "speed"), vehicle_type="truck"),
    record(4, plate_text="M700TT97", camera_id="south"),
]


@pytest.fixture
def filled(engine: Engine, absent: DatabaseSettings) -> Engine:
    Repository(engine, absent).record(PASSAGES)
    return engine


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (RecordFilter(), [4, 3, 2, 1, 0]),
        (RecordFilter(limit=2), [4, 3]),
        (RecordFilter(since=STARTED_AT + 3 * MINUTE), [4, 3]),
        (RecordFilter(until=STARTED_AT + 3 * MINUTE), [2, 1, 0]),
        (RecordFilter(since=STARTED_AT + MINUTE, until=STARTED_AT + 2 * MINUTE), [1]),
        (RecordFilter(camera_id="south"), [4, 2]),
        (RecordFilter(vehicle_type="truck"), [3]),
        (RecordFilter(rule="red_light"), [3, 1]),
        (RecordFilter(rule="speed", camera_id="south"), []),
        (RecordFilter(plate="A123BC77"), [0]),
        (RecordFilter(plate="а123вс 77"), [0]),
        (RecordFilter(plate="a123bc77*"), [1, 0]),
        (RecordFilter(plate="a123bc77?"), [1]),
        (RecordFilter(plate="*7"), [4, 1, 0]),
        (RecordFilter(plate="м7**тт9?"), [4]),
        (RecordFilter(plate="K_55%X50"), [2]),
        (RecordFilter(plate="k_55%*"), [2]),
        (RecordFilter(plate="_*"), []),
        (RecordFilter(plate="%"), []),
        (RecordFilter(plate="*"), [4, 2, 1, 0]),
    ],
)
def test_passages_asked_for(filled: Engine, wanted: RecordFilter, numbers: list[int]) -> None:
    assert [NUMBERS[row.passage_id] for row in list_passages(filled, wanted)] == numbers


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RecordFilter(), [(3, "red_light"), (3, "speed"), (1, "red_light")]),
        (RecordFilter(rule="red_light"), [(3, "red_light"), (1, "red_light")]),
        (RecordFilter(limit=1, rule="red_light"), [(3, "red_light")]),
        (RecordFilter(plate="A1*"), [(1, "red_light")]),
        (RecordFilter(vehicle_type="truck", rule="speed"), [(3, "speed")]),
        (RecordFilter(until=STARTED_AT + 3 * MINUTE), [(1, "red_light")]),
        (RecordFilter(since=STARTED_AT + 4 * MINUTE), []),
    ],
)
def test_violations_asked_for(filled: Engine, wanted: RecordFilter, found: list[tuple[int, str]]) -> None:
    rows = list_violations(filled, wanted)
    assert sorted((-NUMBERS[row.passage.passage_id], row.rule) for row in rows) == [(-n, rule) for n, rule in found]
    assert [row.occurred_at for row in rows] == sorted((row.occurred_at for row in rows), reverse=True)


def test_one_passage_with_all_that_belongs_to_it(filled: Engine) -> None:
    row = get_passage(filled, number_id("passage", 3))
    assert row is not None
    assert (row.vehicle_type, row.started_at, row.speed_mps) == ("truck", STARTED_AT + 3 * MINUTE, 13.5)
    assert [crossing.line for crossing in row.crossings] == ["line 0", "line 1"]
    assert {violation.rule for violation in row.violations} == {"red_light", "speed"}
    assert len(row.path) == 64


def test_one_violation_with_its_passage(filled: Engine) -> None:
    row = get_violation(filled, number_id("violation red_light", 1))
    assert row is not None
    assert (row.passage.plate_text, row.evidence_path) == ("A123BC777", "north/1.jpg")
    assert [(fact.name, fact.value, fact.unit) for fact in row.facts] == [("speed", 19.4, "m/s"), ("red for", 1.5, "s")]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (RecordFilter(plate="A128BC77", alike=True), [0]),
        (RecordFilter(plate="A1Z3BC77", alike=True), [0, 1]),
        (RecordFilter(plate="A1238C777", alike=True), [1, 0]),
        (RecordFilter(plate="A7Z38C77", alike=True, limit=1), [0]),
        (RecordFilter(plate="M70OTT97", alike=True, camera_id="south"), [4]),
        (RecordFilter(plate="м7оо??9*", alike=True), [4]),
        (RecordFilter(plate="K123BC77", alike=True, vehicle_type="bus"), []),
        (RecordFilter(alike=True), [4, 3, 2, 1, 0]),
    ],
)
def test_alike_passages_come_with_the_most_alike_first(
    filled: Engine, wanted: RecordFilter, numbers: list[int]
) -> None:
    assert [NUMBERS[row.passage_id] for row in list_passages(filled, wanted)] == numbers


def test_alike_violations(filled: Engine) -> None:
    (row,) = list_violations(filled, RecordFilter(plate="A1238C7", alike=True))[:1] or [None]
    assert row is None
    (row,) = list_violations(filled, RecordFilter(plate="A1238C777", alike=True))
    assert row.passage.plate_text == "A123BC777"


def test_passage_of_which_the_hash_is_kept(engine: Engine, absent: DatabaseSettings) -> None:
    kept = record(7, rules=("red_light",))
    hashed = replace(kept, passage=replace(kept.passage, plate_hash=f"{'A123BC77':*>64}"))
    Repository(engine, absent).record([hashed])
    wanted = RecordFilter(plate="а123вс77")
    assert list_passages(engine, wanted) == []
    assert len(list_passages(engine, wanted, lambda plate: f"{plate:*>64}")) == 1
    assert len(list_violations(engine, wanted, lambda plate: f"{plate:*>64}")) == 1
    assert list_passages(engine, wanted, lambda plate: f"{plate:+>64}") == []


def test_ids_that_are_not_there(filled: Engine) -> None:
    assert get_passage(filled, "nobody") is None
    assert get_violation(filled, "nobody") is None


def test_crossings_counted_per_line_and_direction(filled: Engine) -> None:
    assert count_crossings(filled, RecordFilter()) == [
        CrossingCount("north", "line 0", "forward", 3),
        CrossingCount("north", "line 1", "forward", 3),
        CrossingCount("south", "line 0", "backward", 1),
        CrossingCount("south", "line 0", "forward", 1),
        CrossingCount("south", "line 1", "backward", 1),
        CrossingCount("south", "line 1", "forward", 1),
    ]
    assert count_crossings(filled, RecordFilter(vehicle_type="bus")) == [
        CrossingCount("south", "line 0", "backward", 1),
        CrossingCount("south", "line 1", "backward", 1),
    ]


@pytest.mark.parametrize("ask", [list_passages, list_violations, count_crossings])
def test_naive_time_is_refused(filled: Engine, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(StoreError, match=r"as in 2026-05-01T12:00:00\+00:00"):
        ask(filled, replace(RecordFilter(), since=datetime(2026, 5, 4)))  # noqa: DTZ001
