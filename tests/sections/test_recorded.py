from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.sections.rows import passage_record
from tests.sections.samples import EXIT
from traffic.datatypes import Plate
from traffic.sections.recorded import recorded_passage
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import PassageRow

ID = "4f0d7c8e-2f0b-5a57-9f55-0c31d7e0a111"


def read_back(engine: Engine, database: DatabaseSettings, plate: str | None, plate_hash: str | None = None):
    record = passage_record(EXIT, 10, plate, passage_id=ID, plate_hash=plate_hash)
    Repository(engine, database).record([record])
    with Session(engine) as session:
        row = session.get(PassageRow, ID)
        assert row is not None
        return record.passage, recorded_passage(row)


def test_what_identifies_the_vehicle_comes_back(engine: Engine, absent: DatabaseSettings) -> None:
    original, read = read_back(engine, absent, "A123BC77")
    for name in ("passage_id", "camera_id", "recording_id", "started_at", "ended_at", "vehicle_type", "colour"):
        assert getattr(read, name) == getattr(original, name)
    for name in ("text", "probability", "readings", "country", "format", "certain", "alternatives"):
        assert getattr(read.plate, name) == getattr(original.plate, name)
    assert isinstance(read.plate, Plate)


def test_a_plate_that_was_not_kept_does_not_come_back(engine: Engine, absent: DatabaseSettings) -> None:
    _, read = read_back(engine, absent, None, "aa")
    assert (read.plate, read.plate_hash, read.plate_certain) == (None, "aa", True)
