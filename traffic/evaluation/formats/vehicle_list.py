"""Vehicles in pictures: a list of `image,x1,y1,x2,y2,type,colour` and, if wanted, `split`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from traffic.errors import ConfigError
from traffic.evaluation.formats.rows import BOX_COLUMNS, Box, Row, pictures_folder, read_rows

COLUMNS = ("image", *BOX_COLUMNS, "type", "colour")
HELD_OUT = "held_out"
SPLITS = ("train", HELD_OUT, "left_out")
"""A scene that is left out was seen in training on other pictures: it is on neither side."""


@dataclass(frozen=True, slots=True)
class LabelledVehicle:
    """One vehicle.

    Attributes:
        path: the picture.
        xyxy: its box there, in pixels.
        type: None where it is not known.
        colour: None where it is not known.
        place: its file and line, for an error.
    """

    path: Path
    xyxy: Box
    type: str | None
    colour: str | None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class VehicleList:
    """The vehicles to classify, and how many lines were left out because they are not held out from training."""

    vehicles: tuple[LabelledVehicle, ...]
    left_out: int


def read_vehicle_list(
    path: Path, types: Sequence[str], colours: Sequence[str], images: Path | None = None
) -> VehicleList:
    """The vehicles of a list; only those whose `split` is held_out, if it has such a column.

    Args:
        path: the list.
        types, colours: the words that it may use.
        images: the folder that its picture names are relative to; see `pictures_folder` for the default.

    Raises:
        ConfigError: with file and line: the list is not like that, or its pictures are not there.
    """
    rows = read_rows(path, COLUMNS)
    wanted = [row for row in rows if _split(row) == HELD_OUT]
    if not wanted:
        raise ConfigError(f"{path}: expected lines whose split is {HELD_OUT}, found none in {len(rows)}")
    folder = pictures_folder(path, images, wanted[0].text("image"))
    return VehicleList(tuple(_vehicle(row, folder, types, colours) for row in wanted), len(rows) - len(wanted))


def _vehicle(row: Row, folder: Path, types: Sequence[str], colours: Sequence[str]) -> LabelledVehicle:
    path = folder / row.text("image")
    if not path.is_file():
        raise row.refusal(f"expected the picture {path}, there is no such file")
    return LabelledVehicle(path, row.box(), row.choice("type", types), row.choice("colour", colours), row.place)


def _split(row: Row) -> str:
    if "split" not in row.fields:
        return HELD_OUT
    split = row.choice("split", SPLITS)
    if split is None:
        raise row.refusal("expected split, got nothing")
    return split
