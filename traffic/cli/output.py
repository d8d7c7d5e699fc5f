"""What commands print: answers on standard output, everything about the answering on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone

import typer
from rich.console import Console
from rich.table import Table

WIDE = 200
"""Columns of a table that goes into a file or a pipe."""


def print_json(record: object) -> None:
    """One JSON object on one line of standard output."""
    typer.echo(as_json(record))


def as_json(record: object, indent: int | None = None) -> str:
    """JSON with datetimes as ISO 8601 in UTC."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=indent, default=_plain)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """A table on standard output; the columns named in `right` hold figures."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    answers().print(table)


def print_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Names and values under each other on standard output."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, value in fields:
        grid.add_row(name, value)
    answers().print(grid)


def answers() -> Console:
    """Standard output."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False, emoji=False)


def remark(text: str) -> None:
    """One line on standard error."""
    typer.echo(text, err=True)


def remarks() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def remark_on_count(kind: str, found: int, limit: int | None) -> None:
    """Say on standard error that nothing was found, or that there may be more."""
    if found == 0:
        remark(f"No {kind} on record is like that.")
    elif found == limit:
        remark(f"These are the newest {limit}; see more with --limit, or write all with export.")


def local(moment: datetime) -> str:
    """For people: local time with its offset."""
    return moment.astimezone().isoformat(sep=" ", timespec="seconds")


def utc(moment: datetime) -> str:
    """For programs: ISO 8601 in UTC."""
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc(value)
    raise TypeError(f"expected something that JSON can hold, got {type(value).__name__}")
