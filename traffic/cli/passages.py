"""`traffic passages`: the vehicles on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.entries import (
    PassageEntry,
    alternatives_text,
    passage_entry,
    plate_text,
    plate_type_text,
    vehicle_text,
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
from traffic.store.queries import RecordFilter, count_crossings, get_passage, list_passages
from traffic.store.tables import PassageRow

app = typer.Typer(help="List, show and export the vehicles on record.", no_args_is_help=True)
COUNTED = ("camera", "line", "direction", "vehicles")
COLUMNS = ("id", "started", "camera", "vehicle", "plate", "km/h", "lines", "broken rules")


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
    """List passages, the newest first."""
    wanted = record_filter(since, until, camera, rule, vehicle_type, plate, limit, alike=alike)
    entries = _read(config, wanted)
    if as_json:
        for entry in entries:
            print_json(asdict(entry))
    elif entries:
        print_table("Passages", COLUMNS, [_row(entry) for entry in entries], right=("km/h",))
    remark_on_count("passage", len(entries), limit)


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
    """Write passages as CSV for a spreadsheet, or as JSON; all of them unless told otherwise."""
    wanted = record_filter(since, until, camera, rule, vehicle_type, plate, limit, alike=alike)
    export(PassageEntry, _read(config, wanted), out, file_format)


@app.command("count")
def count_(
    since: Since = None,
    until: Until = None,
    camera: Camera = None,
    vehicle_type: Type = None,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Count the vehicles over each counting line, by direction."""
    wanted = record_filter(since, until, camera, None, vehicle_type, None, None)
    with open_database(load_config(config).database) as engine:
        counts = count_crossings(engine, wanted)
    if as_json:
        for count in counts:
            print_json(asdict(count))
    elif counts:
        rows = [(count.camera_id, count.line, count.direction, str(count.count)) for count in counts]
        print_table(
            "Vehicles over counting lines", ("camera", "line", "direction", "vehicles"), rows, right=("vehicles",)
        )
    remark_on_count("crossing", len(counts), None)


@app.command()
def show(
    passage: Annotated[str, typer.Argument(metavar="ID", help="The passage's id, or its beginning.")],
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show all that is on record of one passage, and whether its evidence is intact; exit code 1 if it is not."""
    settings = load_config(config)
    with open_database(settings.database) as engine:
        row = get_passage(engine, full_id(engine, PassageRow.passage_id, passage, kind="passage"))
    if row is None:
        raise StoreError(f"expected the passage {passage}, but it was deleted this moment")
    states = [evidence_of(violation, settings.evidence) for violation in row.violations]
    if as_json:
        print_json({**asdict(passage_entry(row)), "evidence": [asdict(state) for state in states]})
    else:
        print_fields(_fields(passage_entry(row), states))
    require_intact(states)


def _read(config: Path, wanted: RecordFilter) -> list[PassageEntry]:
    settings = load_config(config)
    hash_of = plate_hash_of(settings) if wanted.plate else None
    with open_database(settings.database) as engine:
        return [passage_entry(row) for row in list_passages(engine, wanted, hash_of)]


def _row(entry: PassageEntry) -> tuple[str, ...]:
    return (
        entry.passage_id[:SHORT_ID],
        local(entry.started_at),
        entry.camera_id,
        vehicle_text(entry.vehicle_type, entry.colour),
        plate_text(entry),
        "" if entry.speed_kmh is None else f"{entry.speed_kmh:.1f}",
        ", ".join(entry.crossings),
        ", ".join(entry.broken_rules),
    )


def _fields(entry: PassageEntry, states: Sequence[EvidenceState]) -> list[tuple[str, str]]:
    return [
        ("passage", entry.passage_id),
        ("camera", entry.camera_id),
        ("recording, track", f"{entry.recording_id}, {entry.track_id}"),
        ("seen", f"{local(entry.started_at)} to {local(entry.ended_at)}"),
        ("type", f"{entry.vehicle_type} ({entry.vehicle_type_share:.0%})"),
        ("colour", entry.colour or "not told"),
        ("plate", _plate(entry)),
        ("plate type", plate_type_text(entry.plate_country, entry.plate_format)),
        ("may also read", alternatives_text(entry)),
        ("on lists", ", ".join(entry.list_hits) or "none"),
        ("speed", _speed(entry)),
        ("lines crossed", ", ".join(entry.crossings) or "none"),
        ("broken rules", ", ".join(entry.broken_rules) or "none"),
        *([("picture", entry.picture_path)] if entry.picture_path else []),
        *(("evidence", evidence_text(state)) for state in states),
    ]


def _plate(entry: PassageEntry) -> str:
    if entry.plate_shown is None or entry.plate_probability is None:
        return entry.plate_shown or (f"kept as the hash {entry.plate_hash}" if entry.plate_hash else "not read")
    certainty = "certain" if entry.plate_certain else "not certain"
    plural = "" if entry.plate_readings == 1 else "s"
    sure = f"{entry.plate_probability:.0%} sure, {entry.plate_readings} reading{plural}"
    return f"{entry.plate_shown} ({certainty}: {sure})"


def _speed(entry: PassageEntry) -> str:
    if entry.speed_kmh is None:
        return "not measured"
    return f"{entry.speed_kmh:.1f} ± {entry.speed_standard_error_kmh or 0:.1f} km/h (one standard error)"
