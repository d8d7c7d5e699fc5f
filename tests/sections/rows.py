"""Passages as recorders put them on record, at the ends of the section of samples.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from builders import SECOND, passage, reading, trajectory
from sqlalchemy import Engine

from tests.sections.samples import PLATE, noon
from traffic.datatypes import EvidenceFile, LineCrossing, Plate
from traffic.sections.passage import SectionPassage
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

IN_VIEW_S = 4.0
LINE = "line"


def passage_record(
    camera_id: str,
    at_s: float,
    plate: str | None = PLATE,
    *,
    passage_id: str,
    certain: bool | None = True,
    plate_hash: str | None = None,
    vehicle_type: str = "car",
    picture: EvidenceFile | None = None,
    crosses: bool = True,
) -> PassageRecord:
    """Crosses the camera's line in the middle of its four seconds in view, `at_s` seconds after noon."""
    start = noon(at_s - IN_VIEW_S / 2)
    path = trajectory([(100, 100 + 5 * i, 180, 160 + 5 * i) for i in range(int(25 * IN_VIEW_S) + 1)])
    crossing = LineCrossing(LINE, "forward", round(IN_VIEW_S / 2 * SECOND))
    plain = passage(
        path,
        camera_id=camera_id,
        passage_id=passage_id,
        vehicle_type=vehicle_type,
        crossings=(crossing,) if crosses else (),
        plate=None if plate is None else Plate(plate, 0.97, 5, reading(plate), "ru", "1", bool(certain)),
    )
    whole = replace(
        plain,
        started_at=start,
        ended_at=start + timedelta(seconds=IN_VIEW_S),
        plate_hash=plate_hash,
        plate_certain=certain if plate is None and plate_hash else None,
    )
    return PassageRecord(whole, picture=picture)


def record_of(seen: SectionPassage) -> PassageRecord:
    """The record that `passed(...)` would be read from."""
    return passage_record(
        seen.camera_id,
        seen.moment.pts_ns / 1e9,
        seen.plate_text,
        passage_id=seen.passage_id,
        certain=seen.certain,
        plate_hash=seen.plate_hash,
        vehicle_type=seen.vehicle_type,
        picture=seen.picture,
    )


def record(engine: Engine, database: DatabaseSettings, seen: Iterable[SectionPassage]) -> None:
    Repository(engine, database).record([record_of(each) for each in seen])
