"""Vehicle pictures with their type and colour, from a labelled list."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.picture_file import read_picture

Box = tuple[float, float, float, float]
Split = Literal["train", "held_out", "left_out"]
"""Left out, neither trained on nor measured, are pictures of scenes that are trained on."""
SPLITS: tuple[Split, ...] = get_args(Split)

CONTEXT = 0.25
"""How much of the surroundings a sample keeps on each side, as a share of the box."""
LARGEST_SIDE_PX = 160
"""To train on, larger samples are shrunk to this."""
WHOLE = 100_000
"""A largest side that shrinks nothing, to measure as the product sees it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One row of a labelled list.

    Attributes:
        image: path below the data folder.
        xyxy: the box in the pixels of that file.
        type, colour: None where unknown.
        split: which side of the split it is on.
    """

    image: str
    xyxy: Box
    type: str | None
    colour: str | None
    split: Split


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A vehicle with some of its surroundings.

    Attributes:
        source: where it comes from: the first folder of its path, or "rendered".
        image: (h, w, 3) uint8 BGR.
        xyxy: the vehicle's box in it.
        type, colour: None where unknown.
    """

    source: str
    image: UInt8Array
    xyxy: Box
    type: str | None
    colour: str | None


def read_labels(path: Path) -> list[Label]:
    """The rows of a labelled list: image, x1, y1, x2, y2, type, colour, split.

    Raises:
        ConfigError: a row is on no side of the split.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [_label(row, f"{path}:{line}") for line, row in enumerate(csv.DictReader(file), start=2)]


def read_samples(labels: Iterable[Label], data: Path, largest_side_px: int = LARGEST_SIDE_PX) -> list[Sample]:
    """The samples of a list, each picture decoded once.

    Args:
        labels: rows of the list.
        data: the folder that their paths start from.
        largest_side_px: larger samples are shrunk to this.

    Raises:
        ConfigError: a picture is missing or cannot be decoded.
    """
    samples: list[Sample] = []
    for name, rows in groupby(sorted(labels, key=attrgetter("image")), key=attrgetter("image")):
        picture = read_picture(data / name)
        source = name.split("/")[0]
        samples.extend(cut_sample(picture, row.xyxy, source, row.type, row.colour, largest_side_px) for row in rows)
    return samples


def cut_sample(
    image: UInt8Array,
    xyxy: Box,
    source: str,
    kind: str | None,
    colour: str | None,
    largest_side_px: int = LARGEST_SIDE_PX,
) -> Sample:
    """The sample of one box of a picture."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = xyxy
    extra_x, extra_y = CONTEXT * (x2 - x1), CONTEXT * (y2 - y1)
    left, top = max(int(x1 - extra_x), 0), max(int(y1 - extra_y), 0)
    right, bottom = min(int(np.ceil(x2 + extra_x)), width), min(int(np.ceil(y2 + extra_y)), height)
    region = image[top:bottom, left:right]
    factor = min(1.0, largest_side_px / max(right - left, bottom - top))
    size = (max(1, round((right - left) * factor)), max(1, round((bottom - top) * factor)))
    shrunk = np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale_x, scale_y = size[0] / (right - left), size[1] / (bottom - top)
    box = ((x1 - left) * scale_x, (y1 - top) * scale_y, (x2 - left) * scale_x, (y2 - top) * scale_y)
    return Sample(source, shrunk, box, kind, colour)


def class_indices(values: Sequence[str | None], names: Sequence[str]) -> list[int]:
    """Each value's place among the names, -1 where it is unknown."""
    return [-1 if value is None else names.index(value) for value in values]


def _label(row: dict[str, str], place: str) -> Label:
    if row["split"] not in SPLITS:
        raise ConfigError(
            f"{place}: split: expected one of {', '.join(SPLITS)}, got {row['split']!r}", remedy="correct the line"
        )
    x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
    split = SPLITS[SPLITS.index(row["split"])]  # type: ignore[arg-type]
    return Label(row["image"], (x1, y1, x2, y2), row["type"] or None, row["colour"] or None, split)
