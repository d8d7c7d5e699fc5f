"""`traffic privacy`: the key of the plate hashes, the record searched with it, and pictures that are kept no longer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.entries import passage_entry, plate_text, vehicle_text
from traffic.cli.lookup import SHORT_ID
from traffic.cli.options import DEFAULT_CONFIG, LISTED, AsJson, Camera, ConfigPath, Limit, Since, Until
from traffic.cli.output import local, print_json, print_table, remark, remark_on_count
from traffic.config import Config, load_config
from traffic.errors import ConfigError
from traffic.privacy.key import make_key
from traffic.privacy.plate_hash import PlateHasher, hasher_of
from traffic.sections.pruning import prune_pictures
from traffic.store.database import open_database
from traffic.store.queries import RecordFilter, list_passages
from traffic.store.tables import PassageRow

app = typer.Typer(
    help="The key of the plate hashes, plates found with it, and pictures kept no longer.", no_args_is_help=True
)
COLUMNS = ("id", "started", "camera", "vehicle", "plate")
Plate = Annotated[str, typer.Argument(metavar="PLATE", help="In Latin or Cyrillic letters.")]


@app.command("make-key")
def make_key_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes; nothing may be there yet.")],
) -> None:
    """Write a new random key that its owner alone can read, for privacy.key_file; keep a copy where it is safe."""
    make_key(file)
    typer.echo(f"{file}: a key of 256 bits, mode 600. Hashes made with it can be searched with it alone.")


@app.command("hash")
def hash_(plate: Plate, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Say under which hash a plate is kept."""
    typer.echo(_hasher(load_config(config))(plate))


@app.command("find")
def find_(
    plate: Plate,
    since: Since = None,
    until: Until = None,
    camera: Camera = None,
    limit: Limit = LISTED,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """List the passages of a plate, also those of which only its hash is kept; the newest first."""
    settings = load_config(config)
    wanted = RecordFilter(since=since, until=until, camera_id=camera, plate=plate, limit=limit)
    with open_database(settings.database) as engine:
        rows = list_passages(engine, wanted, _hasher(settings))
    if as_json:
        for row in rows:
            print_json(asdict(passage_entry(row)))
    elif rows:
        print_table("Passages", COLUMNS, [_row(row) for row in rows])
    remark_on_count("passage", len(rows), limit)


@app.command()
def prune(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Delete the pictures of passages at section cameras that broke no rule and that no section can need any more.

    `traffic sections run` does so by itself in its own evidence folder. On another box, or where sections are matched
    by hand, run this after the matching.
    """
    settings = load_config(config)
    if not settings.sections:
        raise ConfigError(
            "sections: expected at least one, got none: only section cameras keep pictures of all passages",
            remedy="write the section whose camera this is into the config, see docs/sections.md",
        )
    with open_database(settings.database) as engine:
        pruned = prune_pictures(engine, settings.evidence, settings.sections, datetime.now(timezone.utc))
    remark(f"{pruned.pictures} {'picture' if pruned.pictures == 1 else 'pictures'} deleted.")


def _hasher(config: Config) -> PlateHasher:
    hasher = hasher_of(config.privacy.key_file)
    if hasher is None:
        raise ConfigError(
            "privacy.key_file: expected the key that plates are hashed with, got none", remedy="name it in the config"
        )
    return hasher


def _row(row: PassageRow) -> tuple[str, ...]:
    entry = passage_entry(row)
    return (
        entry.passage_id[:SHORT_ID],
        local(entry.started_at),
        entry.camera_id,
        vehicle_text(entry.vehicle_type, entry.colour),
        plate_text(entry),
    )
