"""Photographs of real plates with their texts, which only measure: none of them trains anything."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.picture_file import read_picture

PHOTO_SETS: Mapping[str, tuple[str, str]] = {
    "russian": ("plates_ru/images", "plates_ru/plates.csv"),
    "european": ("plates_openalpr/eu", "plates_openalpr/eu.csv"),
    "brazilian": ("plates_openalpr/br", "plates_openalpr/br.csv"),
}
"""Name to the folder of the pictures and the table `image,x1,y1,x2,y2,text`, below the data folder."""


BINARISED = ("plates_ru/binarised_crops", "plates_ru/binarised_crops.csv")
"""Black and white crops of Russian and Kazakh plates, and the table `image,text,country`."""


@dataclass(frozen=True, slots=True, eq=False)
class PlatePhoto:
    """A plate cut out of a photograph, (h, w, 3) BGR, and its text."""

    picture: UInt8Array
    text: str


def plate_photos(data: Path, name: str, margin: float) -> list[PlatePhoto]:
    """The plates of one set, cut along the axes.

    Args:
        data: the data folder.
        name: one of PHOTO_SETS.
        margin: share of the box's width and height to cut around it.

    Raises:
        ConfigError: a picture or the table is missing.
    """
    folder, table = PHOTO_SETS[name]
    return [_cut_out(data / folder, row, margin) for row in _rows(data / table)]


def binarised_crops(data: Path, country: str) -> list[PlatePhoto]:
    """Real plates of Russia (`ru`) or Kazakhstan (`kz`) that somebody cut out and made black and white.

    Args:
        data: the data folder.
        country: one of the two.

    Raises:
        ConfigError: a picture or the table is missing.
    """
    folder, table = BINARISED
    rows = [row for row in _rows(data / table) if row["country"] == country]
    return [PlatePhoto(read_picture(data / folder / row["image"]), row["text"]) for row in rows]


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    except OSError as error:
        raise ConfigError(
            f"expected a table of plates at {table}, got: {error}", remedy="set TRAFFIC_DATA to the data folder"
        ) from error


def _cut_out(folder: Path, row: Mapping[str, str], margin: float) -> PlatePhoto:
    photo = read_picture(folder / row["image"])
    xyxy = np.array([row[name] for name in ("x1", "y1", "x2", "y2")], np.float32)
    return PlatePhoto(with_margin(photo, xyxy, margin), row["text"])


def with_margin(photo: UInt8Array, xyxy: Float32Array, margin: float) -> UInt8Array:
    """A box and what is around it, (h, w, 3); outside the photograph its edge is repeated."""
    sides = xyxy[2:] - xyxy[:2]
    low, high = xyxy[:2] - margin * sides, xyxy[2:] + margin * sides
    width, height = np.maximum(np.round(high - low), 1).astype(int).tolist()
    into = np.array([[1, 0, -low[0]], [0, 1, -low[1]]], np.float64)
    cut = cv2.warpAffine(photo, into, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)
