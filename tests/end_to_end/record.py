"""What is on record, read with nothing but Python's own sqlite3."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Row = tuple[object, ...]
PASSAGES = "SELECT * FROM passages ORDER BY passage_id"
CROSSINGS = "SELECT * FROM crossings ORDER BY passage_id, position"
VIOLATIONS = "SELECT * FROM violations ORDER BY violation_id"
EVENTS = "SELECT event_id, topic, payload FROM outbox ORDER BY sequence"


@dataclass(frozen=True)
class Passed:
    """One passage, as far as a scene's truth can tell it."""

    passage_id: str
    start_pts_ns: int
    end_pts_ns: int
    speed_mps: float | None
    path: tuple[tuple[int, float, float], ...]
    crossings: tuple[tuple[str, str, int], ...]
    rules: tuple[str, ...]
    vehicle_type: str
    colour: str | None
    plate: str | None


@dataclass(frozen=True)
class Record:
    """All rows but the moments at which they were written and sent; equal records are equal to the bit."""

    passages: tuple[Row, ...]
    crossings: tuple[Row, ...]
    violations: tuple[Row, ...]
    events: tuple[Row, ...]

    @property
    def event_ids(self) -> list[str]:
        return [str(event_id) for event_id, _, _ in self.events]


def read_record(database: Path) -> Record:
    with closing(sqlite3.connect(database)) as connection:
        queries = (PASSAGES, CROSSINGS, VIOLATIONS, EVENTS)
        return Record(*(tuple(connection.execute(query)) for query in queries))


def passed_vehicles(database: Path) -> list[Passed]:
    """The passages in the order in which the vehicles came into view."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM passages ORDER BY start_pts_ns").fetchall()
        return [_passed(connection, row) for row in rows]


def count(database: Path, what: str) -> int:
    """`SELECT count(*) FROM what`; 0 while the database or the table is not there yet."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def has_tables(database: Path) -> bool:
    return count(database, "sqlite_master WHERE name = 'passages'") == 1


def damage(database: Path) -> str:
    """What SQLite finds wrong with the file: "ok" if nothing."""
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def lacking_evidence(database: Path, folder: Path) -> list[str]:
    """The violations on record whose picture is missing, or is not the one on record."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT violation_id, evidence_path, evidence_sha256 FROM violations").fetchall()
    return [violation for violation, path, sha256 in rows if _sha256(folder / path) != sha256]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "no such file"


def _passed(connection: sqlite3.Connection, row: sqlite3.Row) -> Passed:
    of_it = f"WHERE passage_id = '{row['passage_id']}'"
    crossings = connection.execute(f"SELECT line, direction, pts_ns FROM crossings {of_it} ORDER BY position")
    rules = connection.execute(f"SELECT rule FROM violations {of_it} ORDER BY rule")
    return Passed(
        passage_id=row["passage_id"],
        start_pts_ns=row["start_pts_ns"],
        end_pts_ns=row["end_pts_ns"],
        speed_mps=row["speed_mps"],
        path=tuple((int(pts_ns), x, y) for pts_ns, x, y in json.loads(row["path"])),
        crossings=tuple(tuple(crossing) for crossing in crossings),
        rules=tuple(rule for (rule,) in rules),
        vehicle_type=row["vehicle_type"],
        colour=row["colour"],
        plate=row["plate_text"],
    )
