"""Reads a list of plates: CSV, a plate a line, with everything that is wrong in it told at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from traffic.errors import ConfigError
from traffic.plates.display import canonical_text

COLUMNS = ("plate", "note", "valid_from", "valid_until")
COMMENT = "#"
PROBLEMS_TOLD = 20
_ENTRY = re.compile(r"[A-Z0-9*?]{2,24}")
_SOLID = re.compile(r"[A-Z0-9]")
_STRANGE = re.compile(r"[^A-Z0-9*?]")
_DAY = timedelta(days=1)
_LAST_DAY = datetime(9999, 12, 30, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list.

    Attributes:
        plate: canonical text, or a pattern with `*` for any characters and `?` for one.
        note: what the list says beside it.
        valid_from, valid_until: aware; from then on, and before then; None stands for always.
    """

    plate: str
    note: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def is_pattern(self) -> bool:
        """Whether it holds `*` or `?`."""
        return "*" in self.plate or "?" in self.plate

    def holds(self, moment: datetime) -> bool:
        """Whether it is valid at an aware moment."""
        return (self.valid_from is None or self.valid_from <= moment) and (
            self.valid_until is None or moment < self.valid_until
        )


def read_list(path: Path) -> tuple[ListEntry, ...]:
    """The entries of a file, in its order.

    Empty lines and lines that begin with `#` are left out; so is a first line `plate,note,...`. A date stands for its
    whole day in UTC.

    Raises:
        ConfigError: the file cannot be read, or is of no bytes at all (an empty list says so in a comment or a header);
            or with a line for every row that is wrong: file, line, what was expected, what came.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: expected a list of plates, got: {error.strerror or error}", remedy="put it there, or correct file"
        ) from error
    return parse_list(content, str(path))


def parse_list(content: bytes, name: str) -> tuple[ListEntry, ...]:
    """As read_list, of a file's bytes; `name` is how errors call it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}, line {line}: expected UTF-8", remedy="save the list as CSV in UTF-8") from error
    if not text:
        raise ConfigError(
            f"{name}: expected plates, got an empty file", remedy="if no plate shall be on it, leave the line `plate`"
        )
    read = [_read_row(f"{name}, line {number}", cells) for number, cells in _rows(text)]
    problems = [each for each in read if isinstance(each, str)]
    if problems:
        raise ConfigError(_told(problems), remedy="mend these lines; until then the list is not taken")
    return tuple(each for each in read if isinstance(each, ListEntry))


def _rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Line numbers and cells. A cell does not hold line breaks: a forgotten quotation mark spoils one line only."""
    for number, line in enumerate(io.StringIO(text), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith(COMMENT):
            continue
        cells = _cells(stripped)
        if not (number == 1 and cells[0].lower() == COLUMNS[0]):
            yield number, cells


def _cells(line: str) -> list[str]:
    quoted = '"' in line  # most lines of long lists are not, and splitting is much faster than a csv.reader
    cells = next(csv.reader([line], skipinitialspace=True)) if quoted else line.split(",")
    return [cell.strip() for cell in cells]


def _read_row(where: str, cells: Sequence[str]) -> ListEntry | str:
    """The entry, or what is wrong with it."""
    try:
        return _entry(cells)
    except ValueError as error:
        return f"{where}: {error}"


def _entry(cells: Sequence[str]) -> ListEntry:
    if len(cells) > len(COLUMNS):
        raise ValueError(f"expected {', '.join(COLUMNS)}, got {len(cells)} cells (quote a note that holds commas)")
    plate, note, valid_from, valid_until = (*cells, *[""] * (len(COLUMNS) - len(cells)))
    entry = ListEntry(entry_text(plate), note, _moment(valid_from, timedelta(0)), _moment(valid_until, _DAY))
    if entry.valid_from is not None and entry.valid_until is not None and entry.valid_until <= entry.valid_from:
        raise ValueError(f"expected valid_until after valid_from, got {valid_from} and {valid_until}")
    return entry


def entry_text(typed: str) -> str:
    """A plate or a pattern as it is matched: canonical.

    Raises:
        ValueError: it is none.
    """
    text = re.sub(r"\*+", "*", canonical_text(typed))
    strange = _STRANGE.search(text)
    if strange is not None:
        raise ValueError(f"expected letters of plates, digits, * and ?, got {strange[0]!r} in {typed!r}")
    if not _ENTRY.fullmatch(text) or not _SOLID.search(text):
        raise ValueError(f"expected a plate of 2 to 24 characters, one of them no * or ?, got {typed!r}")
    return text


def _moment(text: str, whole_day: timedelta) -> datetime | None:
    """A date, to whose first instant `whole_day` is added, or a moment with its zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"expected a date like 2026-05-31, got {text!r}") from None
    if moment.tzinfo is not None:
        return moment
    if len(text) > len("2026-05-31"):
        raise ValueError(f"expected the moment's zone, as in {text}Z, got none")
    return min(moment.replace(tzinfo=timezone.utc), _LAST_DAY) + whole_day


def _told(problems: Sequence[str]) -> str:
    left = len(problems) - PROBLEMS_TOLD
    return "\n".join([*problems[:PROBLEMS_TOLD], *([f"and {left} more"] if left > 0 else [])])
