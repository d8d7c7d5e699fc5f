"""Passages whose plates are known, with all that was read in them, in a file: what a consensus is fitted to.

The file is a NumPy archive (npz). Of n passages with m readings altogether, of `slots` slots and `symbols` symbols:

    name, text, country, conditions   (n,) str    the passage, its true plate, the country of that, how it was seen
    passage                           (m,) int64  the row of the passage that a reading belongs to, never falling
    read, read_country                (m,) str    what was read
    probabilities                     (m, longest text) float32, of each character, NaN behind the last one
    read_country_probability, quality (m,) float32
    pts_ns                            (m,) int64
    xyxy                              (m, 4) float32
    slots                             (m, slots, symbols) float32, NaN where a reading has none
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, PlateReading
from traffic.errors import ModelError
from traffic.plates.symbols import SYMBOLS


@dataclass(frozen=True, slots=True)
class KnownPassage:
    """A vehicle whose plate is known, and the readings of it.

    Attributes:
        name: tells it from all others, of other files too.
        text: the true plate, canonical.
        country: of the plate, one of the reader's.
        conditions: how it was seen, in words: "night 80 km/h".
        readings: in order of time; none where nothing was read.
    """

    name: str
    text: str
    country: str
    conditions: str
    readings: tuple[PlateReading, ...]


def write_known_passages(path: Path, passages: Sequence[KnownPassage]) -> None:
    """Write passages to `path`, which ends in .npz; its folder exists."""
    readings = [reading for passage in passages for reading in passage.readings]
    owners = [row for row, passage in enumerate(passages) for _ in passage.readings]
    np.savez_compressed(
        path,
        name=np.array([passage.name for passage in passages], np.str_),
        text=np.array([passage.text for passage in passages], np.str_),
        country=np.array([passage.country for passage in passages], np.str_),
        conditions=np.array([passage.conditions for passage in passages], np.str_),
        passage=np.array(owners, np.int64),
        read=np.array([reading.text for reading in readings], np.str_),
        read_country=np.array([reading.country for reading in readings], np.str_),
        probabilities=_padded(readings),
        read_country_probability=np.array([reading.country_probability for reading in readings], np.float32),
        quality=np.array([reading.quality for reading in readings], np.float32),
        pts_ns=np.array([reading.pts_ns for reading in readings], np.int64),
        xyxy=np.array([reading.xyxy for reading in readings], np.float32).reshape(-1, 4),
        slots=_stacked(readings),
    )


def read_known_passages(path: Path) -> tuple[KnownPassage, ...]:
    """The passages of a file.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            columns = {name: archive[name] for name in archive.files}
        readings = [_reading(columns, row) for row in range(len(columns["passage"]))]
        first = np.searchsorted(columns["passage"], np.arange(len(columns["name"]) + 1)).tolist()
        return tuple(
            KnownPassage(name, text, country, conditions, tuple(readings[first[row] : first[row + 1]]))
            for row, (name, text, country, conditions) in enumerate(
                zip(*(columns[each].tolist() for each in ("name", "text", "country", "conditions")), strict=True)
            )
        )
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ModelError(
            f"expected known passages and their readings in {path}, got {type(error).__name__}: {error}",
            remedy="write them anew: `traffic evaluate passages --readings FILE.npz`",
        ) from error


def _padded(readings: Sequence[PlateReading]) -> Float32Array:
    padded = np.full((len(readings), max((len(each.text) for each in readings), default=0)), np.nan, np.float32)
    for row, reading in enumerate(readings):
        padded[row, : len(reading.text)] = reading.probabilities
    return padded


def _stacked(readings: Sequence[PlateReading]) -> Float32Array:
    shapes = {reading.slots.shape for reading in readings if reading.slots is not None}
    if len(shapes) > 1:
        raise ValueError(f"slots: expected one shape, got {sorted(shapes)}")
    shape = shapes.pop() if shapes else (1, SYMBOLS)
    stacked = np.full((len(readings), *shape), np.nan, np.float32)
    for row, reading in enumerate(readings):
        if reading.slots is not None:
            stacked[row] = reading.slots
    return stacked


def _reading(columns: dict[str, NDArray[np.generic]], row: int) -> PlateReading:
    text, slots = str(columns["read"][row]), columns["slots"][row]
    slots.flags.writeable = False
    x1, y1, x2, y2 = columns["xyxy"][row].tolist()
    return PlateReading(
        text=text,
        probabilities=tuple(columns["probabilities"][row, : len(text)].tolist()),
        pts_ns=int(columns["pts_ns"][row]),
        xyxy=(x1, y1, x2, y2),
        country=str(columns["read_country"][row]),
        country_probability=float(columns["read_country_probability"][row]),
        quality=float(columns["quality"][row]),
        slots=None if np.isnan(slots).any() else slots,
    )
