"""Plates in photos: a list of `image,x1,y1,x2,y2,text` and, if wanted, `quality`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from traffic.evaluation.formats.rows import BOX_COLUMNS, Box, Row, pictures_folder, read_rows
from traffic.plates.display import canonical_text

COLUMNS = ("image", *BOX_COLUMNS, "text")


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    """One plate.

    Attributes:
        xyxy: its box in the photo's pixels.
        text: what it says, in Latin letters, without blanks.
        quality: the list's own word for how well it can be read; empty if it has none.
        place: its file and line, for an error.
    """

    xyxy: Box
    text: str
    quality: str
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PlatePhoto:
    """One photo and its plates."""

    path: Path
    plates: tuple[LabelledPlate, ...]


def read_plate_list(path: Path, images: Path | None = None) -> tuple[PlatePhoto, ...]:
    """The photos of a list, by name, each with its plates in the list's order.

    Args:
        path: the list.
        images: the folder of the photos; see `pictures_folder` for where they are looked for without it.

    Raises:
        ConfigError: with file and line: the list is not like that, or its photos are not there.
    """
    rows = read_rows(path, COLUMNS)
    folder = pictures_folder(path, images, rows[0].text("image"))
    by_name = groupby(sorted(rows, key=_name), _name)
    return tuple(_photo(folder, name, list(of_one)) for name, of_one in by_name)


def _photo(folder: Path, name: str, rows: Sequence[Row]) -> PlatePhoto:
    path = folder / name
    if not path.is_file():
        raise rows[0].refusal(f"expected the photo {path}, there is no such file")
    return PlatePhoto(path, tuple(_plate(row) for row in rows))


def _plate(row: Row) -> LabelledPlate:
    return LabelledPlate(row.box(), canonical_text(row.text("text")), row.fields.get("quality", ""), row.place)


def _name(row: Row) -> str:
    return row.text("image")
