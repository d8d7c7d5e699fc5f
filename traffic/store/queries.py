"""Reading the record. Rows are detached: they stay valid after the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Dialect, Engine, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from traffic.store.failures import store_errors
from traffic.store.plate_search import HashOf, PlateSearch, alike_search, exact_search
from traffic.store.tables import CrossingRow, PassageRow, ViolationRow

EXPECTED = "the record to be readable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which passages or violations; None stands for all.

    Attributes:
        since, until: aware; from `since` on and before `until`, by the start of the passage or the violation's moment.
        camera_id, rule, vehicle_type: equal to.
        plate: may hold `*` and `?`; case, spaces and Latin or Cyrillic look-alikes do not matter.
        alike: find plates that `plate` may have been mistaken for as well, the most alike first.
        limit: at most so many, the newest; of alike plates the most alike.
    """

    since: datetime | None = None
    until: datetime | None = None
    camera_id: str | None = None
    rule: str | None = None
    vehicle_type: str | None = None
    plate: str | None = None
    alike: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class CrossingCount:
    """How many times a counting line was crossed in one direction."""

    camera_id: str
    line: str
    direction: str
    count: int


def list_passages(engine: Engine, wanted: RecordFilter, hash_of: HashOf | None = None) -> Sequence[PassageRow]:
    """Newest first, with their crossings, violations and list hits.

    Args:
        engine: of the record.
        wanted: which.
        hash_of: finds passages of which only the plate's hash is kept; None where there is no key.
    """
    plates = _plate_search(wanted, engine.dialect, hash_of)
    query = select(PassageRow).where(*_passage_conditions(wanted, plates)).options(*_PASSAGE_RELATIONS)
    query = query.order_by(*_best_first(wanted, plates), PassageRow.started_at.desc(), PassageRow.passage_id)
    query = query.limit(wanted.limit)
    with store_errors(engine.url, EXPECTED), Session(engine) as session:
        return session.scalars(query).all()


def list_violations(engine: Engine, wanted: RecordFilter, hash_of: HashOf | None = None) -> Sequence[ViolationRow]:
    """Newest first, each with its passage; arguments as in `list_passages`."""
    plates = _plate_search(wanted, engine.dialect, hash_of)
    query = select(ViolationRow).join(ViolationRow.passage).where(*_violation_conditions(wanted, plates))
    query = query.options(joinedload(ViolationRow.passage)).limit(wanted.limit)
    query = query.order_by(*_best_first(wanted, plates), ViolationRow.occurred_at.desc(), ViolationRow.violation_id)
    with store_errors(engine.url, EXPECTED), Session(engine) as session:
        return session.scalars(query).all()


def get_passage(engine: Engine, passage_id: str) -> PassageRow | None:
    """One passage with its crossings, violations and list hits, None where there is no such id."""
    with store_errors(engine.url, EXPECTED), Session(engine) as session:
        return session.get(PassageRow, passage_id, options=_PASSAGE_RELATIONS)


def get_violation(engine: Engine, violation_id: str) -> ViolationRow | None:
    """One violation with its passage, None where there is no such id."""
    with store_errors(engine.url, EXPECTED), Session(engine) as session:
        return session.get(ViolationRow, violation_id, options=[joinedload(ViolationRow.passage)])


def count_crossings(engine: Engine, wanted: RecordFilter) -> list[CrossingCount]:
    """Per camera, line and direction, in that order; `limit` is of no account."""
    keys = (PassageRow.camera_id, CrossingRow.line, CrossingRow.direction)
    query = select(*keys, func.count()).join(CrossingRow, CrossingRow.passage_id == PassageRow.passage_id)
    query = query.where(*_passage_conditions(wanted, _plate_search(wanted, engine.dialect, None)))
    query = query.group_by(*keys).order_by(*keys)
    with store_errors(engine.url, EXPECTED), engine.connect() as connection:
        return [CrossingCount(*row) for row in connection.execute(query)]


_PASSAGE_RELATIONS = (
    selectinload(PassageRow.crossings),
    selectinload(PassageRow.violations),
    selectinload(PassageRow.hits),
)


def _plate_search(wanted: RecordFilter, dialect: Dialect, hash_of: HashOf | None) -> PlateSearch | None:
    if wanted.plate is None:
        return None
    return (alike_search if wanted.alike else exact_search)(wanted.plate, dialect, hash_of)


def _best_first(wanted: RecordFilter, plates: PlateSearch | None) -> list[ColumnElement[int]]:
    return [plates.rank] if plates is not None and wanted.alike else []


def _passage_conditions(wanted: RecordFilter, plates: PlateSearch | None) -> list[ColumnElement[bool]]:
    conditions = _shared_conditions(wanted, plates)
    if wanted.since is not None:
        conditions.append(PassageRow.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(PassageRow.started_at < wanted.until)
    if wanted.rule is not None:
        conditions.append(PassageRow.violations.any(ViolationRow.rule == wanted.rule))
    return conditions


def _violation_conditions(wanted: RecordFilter, plates: PlateSearch | None) -> list[ColumnElement[bool]]:
    conditions = _shared_conditions(wanted, plates)
    if wanted.since is not None:
        conditions.append(ViolationRow.occurred_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(ViolationRow.occurred_at < wanted.until)
    if wanted.rule is not None:
        conditions.append(ViolationRow.rule == wanted.rule)
    return conditions


def _shared_conditions(wanted: RecordFilter, plates: PlateSearch | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.camera_id is not None:
        conditions.append(PassageRow.camera_id == wanted.camera_id)
    if wanted.vehicle_type is not None:
        conditions.append(PassageRow.vehicle_type == wanted.vehicle_type)
    if plates is not None:
        conditions.append(plates.condition)
    return conditions
