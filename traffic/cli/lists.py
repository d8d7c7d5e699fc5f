"""`traffic lists`: the lists of plates, and who was on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Annotated

import typer

from traffic.cli.lookup import SHORT_ID
from traffic.cli.options import DEFAULT_CONFIG, LISTED, WHICH, AsJson, Camera, ConfigPath, Limit, Since, Until
from traffic.cli.output import local, print_json, print_table, remark, remark_on_count
from traffic.config import load_config
from traffic.errors import ConfigError
from traffic.lists.file import entry_text, read_list
from traffic.lists.hits import HitFilter, RecordedHit, list_hits
from traffic.lists.plate_list import PlateList, matches
from traffic.lists.settings import ListSettings
from traffic.plates.display import display_text
from traffic.store.database import open_database

app = typer.Typer(help="Check the lists of plates, look plates up, and see who was on them.", no_args_is_help=True)
ListName = Annotated[str | None, typer.Option("--list", metavar="NAME", rich_help_panel=WHICH, help="On this list.")]


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list of the config and its file; `problem` is empty where the file is right."""

    name: str
    kind: str
    file: str
    plates: int
    patterns: int
    expired: int
    exempts: str
    problem: str


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """A line of a list that names a plate; `exempts` tells from what, where the plate is read for certain."""

    list_name: str
    kind: str
    entry: str
    match: str
    note: str
    exempts: str


@app.command("check")
def check_(config: ConfigPath = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Read every list of the config, count its lines, and tell what is wrong; exit code 1 if anything is."""
    checked = [check_list(each) for each in load_config(config).lists]
    if as_json:
        for each in checked:
            print_json(asdict(each))
    elif checked:
        rows = [
            (each.name, each.kind, str(each.plates), str(each.patterns), str(each.expired), each.exempts, each.file)
            for each in checked
        ]
        columns = ("list", "kind", "plates", "patterns", "expired", "exempts from", "file")
        print_table("Lists", columns, rows, right=("plates", "patterns", "expired"))
    else:
        remark("The config has no lists.")
    for each in checked:
        if each.problem:
            remark(f"error: {each.problem}")
    if any(each.problem for each in checked):
        raise typer.Exit(1)


@app.command("find")
def find_(
    plate: Annotated[str, typer.Argument(metavar="PLATE", help="In Latin or Cyrillic letters.")],
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say on which lists a plate is at this moment, and how it is found; exit code 1 if on none."""
    found = list(find_entries(load_config(config).lists, plate, datetime.now(timezone.utc)))
    if as_json:
        for each in found:
            print_json(asdict(each))
    elif found:
        rows = [(each.list_name, each.kind, each.match, each.entry, each.exempts, each.note) for each in found]
        print_table(
            f"Lists with {display_text(entry_text(plate))}",
            ("list", "kind", "match", "entry", "exempts from", "note"),
            rows,
        )
    if not found:
        remark("No list names this plate at the moment.")
        raise typer.Exit(1)


@app.command("hits")
def hits_(
    since: Since = None,
    until: Until = None,
    camera: Camera = None,
    list_name: ListName = None,
    limit: Limit = LISTED,
    config: ConfigPath = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """List the vehicles that were on a list, the newest first."""
    wanted = HitFilter(since=since, until=until, camera_id=camera, list_name=list_name, limit=limit)
    with open_database(load_config(config).database) as engine:
        entries = list_hits(engine, wanted)
    if as_json:
        for entry in entries:
            print_json(asdict(entry))
    elif entries:
        columns = ("passage", "when", "camera", "list", "kind", "match", "plate", "entry", "note")
        print_table("List hits", columns, [_row(entry) for entry in entries])
    remark_on_count("list hit", len(entries), limit)


def check_list(settings: ListSettings) -> CheckedList:
    """Read one list's file."""
    try:
        entries, problem = read_list(settings.file), ""
    except ConfigError as error:
        entries, problem = (), str(error)
    now = datetime.now(timezone.utc)
    patterns = sum(entry.is_pattern for entry in entries)
    expired = sum(entry.valid_until is not None and entry.valid_until <= now for entry in entries)
    return CheckedList(
        settings.name,
        settings.kind,
        str(settings.file),
        len(entries) - patterns,
        patterns,
        expired,
        _exempts(settings),
        problem,
    )


def find_entries(lists: Sequence[ListSettings], plate: str, moment: datetime) -> Iterator[FoundEntry]:
    """The lines that name a plate, list by list.

    Raises:
        ConfigError: a list cannot be read, or this is no plate.
    """
    try:
        text = entry_text(plate)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    for each in lists:
        for match in matches(PlateList(read_list(each.file)), each.kind, text, moment):
            exempts = "" if match.kind == "alike" else _exempts(each)
            yield FoundEntry(each.name, each.kind, match.entry.plate, match.kind, match.entry.note, exempts)


def _row(entry: RecordedHit) -> tuple[str, ...]:
    plate = entry.plate
    shown = "not kept" if plate is None else display_text(plate, entry.plate_country, entry.plate_format)
    doubt = "" if entry.plate is None or entry.certain else " (uncertain)"
    return (
        entry.passage_id[:SHORT_ID],
        local(entry.occurred_at),
        entry.camera_id,
        entry.list_name,
        entry.kind,
        entry.match,
        f"{shown}{doubt}",
        entry.entry,
        entry.note,
    )


def _exempts(settings: ListSettings) -> str:
    return "all rules" if settings.exempts == "all" else ", ".join(settings.exempts)
