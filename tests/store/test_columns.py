from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, literal, select
from sqlalchemy.exc import StatementError

from traffic.datatypes import Fact, PlateAlternative
from traffic.store.columns import AlternativesJson, FactsJson, PathJson, PathPoint, UtcDateTime

MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (datetime(2026, 5, 4, 12, 0, 0, 123456, timezone.utc), datetime(2026, 5, 4, 12, 0, 0, 123456, timezone.utc)),
        (datetime(2026, 1, 1, 1, 30, tzinfo=MOSCOW), datetime(2025, 12, 31, 22, 30, tzinfo=timezone.utc)),
        (None, None),
    ],
)
def test_time_reads_back_aware_and_in_utc(engine: Engine, written: datetime | None, read: datetime | None) -> None:
    with engine.connect() as connection:
        got = connection.execute(select(literal(written, UtcDateTime))).scalar_one()
    assert got == read
    assert got is None or got.utcoffset() == timedelta(0)


def test_naive_time_is_refused(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(StatementError, match="expected an aware datetime"):
        connection.execute(select(literal(datetime(2026, 5, 4, 12, 0), UtcDateTime)))  # noqa: DTZ001


def test_path_and_facts_read_back_as_they_were(engine: Engine) -> None:
    path = (PathPoint(1_700_000_000_123_456_789, 10.5, 20.0), PathPoint(1_700_000_000_223_456_789, 11.5, 25.5))
    facts = (Fact("скорость", 19.4, "m/s"),)
    with engine.connect() as connection:
        row = connection.execute(select(literal(path, PathJson), literal(facts, FactsJson))).one()
    assert tuple(row) == (path, facts)


@pytest.mark.parametrize(
    "alternatives", [None, (), (PlateAlternative("A128BC77", 0.25), PlateAlternative("O123BC77", 1e-6))]
)
def test_alternatives_read_back_as_they_were(engine: Engine, alternatives: tuple[PlateAlternative, ...] | None) -> None:
    with engine.connect() as connection:
        assert connection.execute(select(literal(alternatives, AlternativesJson))).scalar_one() == alternatives
