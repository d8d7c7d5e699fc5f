"""Entries as CSV or JSON, into a file or onto standard output."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.entries import PassageEntry, ViolationEntry
from traffic.cli.output import as_json, remark, utc

Entry = PassageEntry | ViolationEntry
FORMATS = ("csv", "json")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_EXCEL_ENCODING = "utf-8-sig"


def _known_format(name: str) -> str:
    if name.lower() not in FORMATS:
        raise typer.BadParameter(f"expected one of {', '.join(FORMATS)}, got {name!r}")
    return name.lower()


OutPath = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="The file to write; standard output if none.")
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", parser=_known_format, metavar="csv|json", help="What to write; csv unless FILE ends in .json."
    ),
]


def export(kind: type[Entry], entries: Sequence[Entry], out: Path | None, file_format: str | None) -> None:
    """Write the entries.

    Args:
        kind: what they are, for the heading where there are none.
        entries: all of one kind.
        out: None for standard output.
        file_format: None to go by the file's name.

    Raises:
        typer.BadParameter: the file cannot be written.
    """
    chosen = file_format or ("json" if out is not None and out.suffix.lower() == ".json" else "csv")
    text = entries_as_json(entries) if chosen == "json" else entries_as_csv(kind, entries)
    if out is None:
        typer.echo(text, nl=False)
        return
    _write(out, text, "utf-8" if chosen == "json" else _EXCEL_ENCODING)
    remark(f"{len(entries)} written to {out}")


def entries_as_json(entries: Sequence[Entry]) -> str:
    """A JSON array, an object an entry."""
    return as_json([asdict(entry) for entry in entries], indent=2) + "\n"


def entries_as_csv(kind: type[Entry], entries: Sequence[Entry]) -> str:
    """CSV (RFC 4180) with a heading; no cell can be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = [field.name for field in fields(kind)]
    writer.writerow(names)
    writer.writerows([_cell(getattr(entry, name)) for name in names] for entry in entries)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, tuple):
        return _harmless("; ".join(value))
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """A spreadsheet runs a text that begins like a formula; an apostrophe before it keeps it a text."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write(path: Path, text: str, encoding: str) -> None:
    try:
        with path.open("w", encoding=encoding, newline="") as file:
            file.write(text)
    except OSError as error:
        raise typer.BadParameter(f"--out: expected a file that can be written, got {path}: {error.strerror}") from error
