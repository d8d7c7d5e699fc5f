"""Comma-separated lists with a header, read so that every error names the file and the line."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError

Box = tuple[float, float, float, float]
BOX_COLUMNS = ("x1", "y1", "x2", "y2")
CORRECT = "correct the line, or take it out"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    Attributes:
        path: the list.
        line: its number in the file, the header being 1.
        fields: by column, stripped.
    """

    path: Path
    line: int
    fields: Mapping[str, str]

    @property
    def place(self) -> str:
        """Where to look for it: file and line."""
        return f"{self.path}:{self.line}"

    def text(self, column: str) -> str:
        """The field, which must not be empty.

        Raises:
            ConfigError: it is.
        """
        value = self.fields[column]
        if not value:
            raise self.refusal(f"expected {column}, got nothing")
        return value

    def choice(self, column: str, names: Sequence[str]) -> str | None:
        """One of some names; None if the field is empty.

        Raises:
            ConfigError: it says something else.
        """
        value = self.fields[column]
        if value and value not in names:
            raise self.refusal(f"{column}: expected one of {', '.join(names)} or nothing, got {value!r}")
        return value or None

    def box(self) -> Box:
        """Pixels x1, y1, x2, y2.

        Raises:
            ConfigError: no numbers, or no area.
        """
        x1, y1, x2, y2 = (self._number(column) for column in BOX_COLUMNS)
        if x2 <= x1 or y2 <= y1:
            raise self.refusal(f"expected x1 < x2 and y1 < y2, got {x1:g},{y1:g},{x2:g},{y2:g}")
        return x1, y1, x2, y2

    def refusal(self, problem: str) -> ConfigError:
        """The error that says what is wrong with this line."""
        return ConfigError(f"{self.place}: {problem}", remedy=CORRECT)

    def _number(self, column: str) -> float:
        try:
            value = float(self.fields[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.refusal(f"{column}: expected a number of pixels, got {self.fields[column]!r}")
        return value


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """The lines of a list; columns that are not asked for may be there too.

    Raises:
        ConfigError: no such file, not UTF-8, a column is missing, a line has too few or too many fields, or there is
            no line at all.
    """
    header, lines = _split(path)
    missing = [column for column in columns if column not in header]
    if missing:
        raise ConfigError(
            f"{path}:1: expected columns {','.join(columns)}, {','.join(missing)} missing from {','.join(header)!r}",
            remedy="begin the list with a header line that names its columns",
        )
    rows = [_row(path, number, header, fields) for number, fields in lines]
    if not rows:
        raise ConfigError(f"{path}: expected at least one line below the header, found none")
    return rows


def require_inside(xyxy: Box, image: UInt8Array, place: str) -> None:
    """Refuse a box of which nothing lies in its picture: it is another picture's, or its coordinates are mixed up.

    Args:
        xyxy: pixels.
        image: (h, w, 3).
        place: the box's file and line, or entry.

    Raises:
        ConfigError: naming the place, the box and the picture's size.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = xyxy
    if x2 <= 0 or y2 <= 0 or x1 >= width or y1 >= height:
        raise ConfigError(
            f"{place}: expected a box in its picture of {width} x {height} pixels, got "
            f"{x1:g},{y1:g},{x2:g},{y2:g}, wholly outside",
            remedy="correct the label, or take it out",
        )


def pictures_folder(path: Path, given: Path | None, first: str) -> Path:
    """Where a list's pictures lie: the given folder; else beside the list, in `images` or a folder of its name.

    Args:
        path: the list.
        given: the folder, if the user named one.
        first: a picture's name in the list, to look for.

    Raises:
        ConfigError: the picture is in none of them.
    """
    parent = path.parent
    candidates = [given] if given else [parent, parent / "images", parent / path.stem, parent.parent / "images"]
    for folder in candidates:
        if (folder / first).is_file():
            return folder
    looked = ", ".join(str(folder) for folder in candidates)
    raise ConfigError(
        f"{path} names the picture {first}, found none in {looked}", remedy="say where they lie with --images FOLDER"
    )


def short_name(path: Path) -> str:
    """The last two parts of a path: what a report calls its data."""
    return "/".join(path.resolve().parts[-2:])


def read_text(path: Path) -> str:
    """The text of a file of labels.

    Raises:
        ConfigError: there is no such file, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"expected labels in {path}, cannot read it: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: expected UTF-8 text, got other bytes", remedy="save it as UTF-8") from error


def _split(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    reader = csv.reader(read_text(path).splitlines())
    header = [column.strip() for column in next(reader, [])]
    return header, ((reader.line_num, fields) for fields in reader if any(field.strip() for field in fields))


def _row(path: Path, number: int, header: Sequence[str], fields: Sequence[str]) -> Row:
    if len(fields) != len(header):
        raise ConfigError(
            f"{path}:{number}: expected {len(header)} fields ({','.join(header)}), got {len(fields)}",
            remedy=CORRECT,
        )
    return Row(path, number, {name: field.strip() for name, field in zip(header, fields, strict=True)})
