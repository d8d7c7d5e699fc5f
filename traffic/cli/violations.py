"""`traffic violations`: the broken rules on record, and their evidence."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.entries import (
    ViolationEntry,
    alternatives_text,
    plate_text,
    plate_type_text,
    vehicle_text,
    violation_entry,
)
from traffic.cli.evidence import EvidenceState, evidence_of, evidence_text, require_intact
from traffic.cli.export import Format, OutPath, export
from traffic.cli.lookup import SHORT_ID, full_id
from traffic.cli.options import (
    DEFAULT_CONFIG,
    LISTED,
    Alike,
    AsJson,
    Camera,
    ConfigPath,
    Limit,
    PlatePattern,
    Rule,
    Since,
    Type,
    Until,
    record_filter,
)
from traffic.cli.output import local, print_fields, print_json, print_table, remark_on_count
from traffic.cli.plate_key import plate_hash_of
from traffic.config import load_config
from traffic.errors import StoreError
from traffic.store.database import open_database
from traffic.store.queries import RecordFilter, get_violation, list_violations
from traffic.store.tables import ViolationRow

app = typer.Typer(help="List, show and export the broken rules on record.", no_args_is_help=True)
COLUMNS = ("id", "moment", "camera", "rule", "vehicle", "plate", "km/h", "facts")


@app.command("list")
def list_(
    since: Since = None,
    until: Until = None,
    camera: Camera = None,
    rule: Rule = None,
    vehicle_type: Type = None,
    plate: PlatePattern = None,
    limit: Limit = LISTED,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    alike: Alike = False,
    as_json: AsJson = False,
) -> None:
    """List violations, the newest first."""
    wanted = record_filter(since, until, camera, rule, vehicle_type, plate, limit, alike=alike)
    entries = _read(config, wanted)
    if as_json:
        for entry in entries:
            print_json(asdict(entry))
    elif entries:
        print_table("Violations", COLUMNS, [_row(entry) for entry in entries], right=("km/h",))
    remark_on_count("violation", len(entries), limit)


@app.command("export")
def export_(
    out: OutPath = None,
    file_format: Format = None,
    since: Since = None,
    until: Until = None,
    camera: Camera = None,
    rule: Rule = None,
    vehicle_type: Type = None,
    plate: PlatePattern = None,
    limit: Limit = None,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    alike: Alike = False,
) -> None:
    """Write violations as CSV for a spreadsheet, or as JSON; all of them unless told otherwise."""
    wanted = record_filter(since, until, camera, rule, vehicle_type, plate, limit, alike=alike)
    export(ViolationEntry, _read(config, wanted), out, file_format)


@app.command()
def show(
    violation: Annotated[str, typer.Argument(metavar="ID", help="The violation's id, or its beginning.")],
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show all that is on record of one violation, and whether its evidence is intact; exit code 1 if it is not."""
    settings = load_config(config)
    with open_database(settings.database) as engine:
        row = get_violation(engine, full_id(engine, ViolationRow.violation_id, violation, kind="violation"))
    if row is None:
        raise StoreError(f"expected the violation {violation}, but it was deleted this moment")
    state = evidence_of(row, settings.evidence)
    if as_json:
        print_json({**asdict(violation_entry(row)), "evidence": asdict(state)})
    else:
        print_fields(_fields(violation_entry(row), state))
    require_intact([state])


def _read(config: Path, wanted: RecordFilter) -> list[ViolationEntry]:
    settings = load_config(config)
    hash_of = plate_hash_of(settings) if wanted.plate else None
    with open_database(settings.database) as engine:
        return [violation_entry(row) for row in list_violations(engine, wanted, hash_of)]


def _row(entry: ViolationEntry) -> tuple[str, ...]:
    return (
        entry.violation_id[:SHORT_ID],
        local(entry.occurred_at),
        entry.camera_id,
        entry.rule,
        vehicle_text(entry.vehicle_type, entry.colour),
        plate_text(entry),
        "" if entry.speed_kmh is None else f"{entry.speed_kmh:.1f}",
        ", ".join(entry.facts),
    )


def _fields(entry: ViolationEntry, state: EvidenceState) -> list[tuple[str, str]]:
    return [
        ("violation", entry.violation_id),
        ("passage", entry.passage_id),
        ("camera", entry.camera_id),
        ("rule", entry.rule),
        ("moment", local(entry.occurred_at)),
        ("vehicle", vehicle_text(entry.vehicle_type, entry.colour)),
        ("plate", _plate(entry)),
        ("plate type", plate_type_text(entry.plate_country, entry.plate_format)),
        ("may also read", alternatives_text(entry)),
        *(("fact", fact) for fact in entry.facts),
        ("evidence", evidence_text(state)),
        ("sha256", entry.evidence_sha256),
    ]


def _plate(entry: ViolationEntry) -> str:
    if entry.plate_shown is None:
        return f"kept as the hash {entry.plate_hash}" if entry.plate_hash else "not read"
    return f"{entry.plate_shown} ({'certain' if entry.plate_certain else 'not certain'})"
