"""Real plates to train on beside drawn ones: photographs that nobody labelled, read alike by two teachers.

`python -m traffic.training.plate_reader.pseudo_labels --out FILE.csv` writes what the teachers read. Nothing of the
photographs that measure the reader is touched, nor the held-out side of any set.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.detection import data_folder
from traffic.evaluation.labelled_images import load_sets
from traffic.evaluation.picture_file import read_picture
from traffic.plates.ocr import ALPHABET, SLOTS
from traffic.training.plate_locator.teacher import open_teacher
from traffic.training.plate_reader.peers import TextReader, fast_plate_ocr
from traffic.training.plate_reader.photos import with_margin

VEHICLE_SETS = ("photos", "close_ups")
"""Of traffic/evaluation/vehicle_sets.yaml; their plates are found by the detector. Any country."""
DASHCAM = "plates_ro"
"""Its plates have boxes, and are Romanian."""
TEACHERS = ("cct_xs_v1_global", "cct_xs_v2_global")
MARGINS = (0.0, 0.03, 0.06, 0.09)
VOTES = 7
"""Of the teachers' readings at all margins that must be the same."""
_APART = 5
_LEAST_SCORE = 0.4
_LEAST_SIZE_PX = (36, 10)


@dataclass(frozen=True, slots=True)
class RealPlate:
    """A plate in a photograph.

    Attributes:
        image: the photograph, below the data folder.
        x1, y1, x2, y2: its box, pixels.
        text: as the teachers read it.
        country: where the source has plates of one country only, else empty.
        votes: readings that were this text.
    """

    image: str
    x1: float
    y1: float
    x2: float
    y2: float
    text: str
    country: str
    votes: int


def agreed_text(readers: Sequence[TextReader], photo: UInt8Array, xyxy: Float32Array) -> tuple[str, int]:
    """The most frequent reading of a box over all readers and MARGINS, and how often it was read."""
    crops = [with_margin(photo, xyxy, margin) for margin in MARGINS]
    readings = Counter(text for reader in readers for text in reader.texts(crops))
    return readings.most_common(1)[0]


def is_kept_apart(text: str) -> bool:
    """Whether the plates of a text only measure: about a fifth of all texts, always the same ones."""
    return hashlib.sha256(text.encode()).digest()[0] % _APART == 0


def is_legible(text: str) -> bool:
    """Whether a reading may be the text of a whole plate."""
    return 4 <= len(text) <= SLOTS and set(text) <= set(ALPHABET)


def real_plates(data: Path, votes: int = VOTES) -> Iterator[RealPlate]:
    """The plates of all sources on whose text the teachers agree.

    Raises:
        ConfigError: a teacher or a photograph is missing.
    """
    readers = [fast_plate_ocr(data, name) for name in TEACHERS]
    for path, photo, xyxy, country in chain(_dashcam_boxes(data), _found_boxes(data)):
        text, agreeing = agreed_text(readers, photo, xyxy)
        if agreeing >= votes and is_legible(text):
            x1, y1, x2, y2 = (round(float(value), 1) for value in xyxy)
            yield RealPlate(path.relative_to(data).as_posix(), x1, y1, x2, y2, text, country, agreeing)


def _dashcam_boxes(data: Path) -> Iterator[tuple[Path, UInt8Array, Float32Array, str]]:
    for path, xyxy in training_boxes(data / DASHCAM / "boxes.csv"):
        yield data / DASHCAM / "images" / path, read_picture(data / DASHCAM / "images" / path), xyxy, "eu"


def training_boxes(table: Path) -> list[tuple[str, Float32Array]]:
    """Pictures and boxes of the lines `image,split,x1,y1,x2,y2` that may train and are large enough to be legible."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "train"]
    boxes = [(row["image"], np.array([row[name] for name in ("x1", "y1", "x2", "y2")], np.float32)) for row in rows]
    return [(image, xyxy) for image, xyxy in boxes if _is_large(xyxy)]


def _found_boxes(data: Path) -> Iterator[tuple[Path, UInt8Array, Float32Array, str]]:
    detector, sets = open_teacher(data), load_sets()
    for path in (path for name in VEHICLE_SETS for path in sets[name].paths(data, held_out=False)):
        photo = read_picture(path)
        found = detector.find(photo)
        for xyxy, score in zip(found.xyxy, found.scores, strict=True):
            if score >= _LEAST_SCORE and _is_large(xyxy):
                yield path, photo, xyxy, ""


def _is_large(xyxy: Float32Array) -> bool:
    return bool((xyxy[2:] - xyxy[:2] >= _LEAST_SIZE_PX).all())


def write_plates(plates: Iterable[RealPlate], path: Path) -> int:
    """Write a table with a line for each plate; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(RealPlate.__dataclass_fields__)
        for plate in plates:
            table.writerow(astuple(plate))
            count += 1
    return count


def load_plates(path: Path) -> tuple[RealPlate, ...]:
    """Read what write_plates wrote.

    Raises:
        ConfigError: there is no such table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return tuple(_plate(row) for row in csv.DictReader(lines))
    except OSError as error:
        raise ConfigError(
            f"expected the teachers' readings at {path}, got: {error}",
            remedy=f"python -m traffic.training.plate_reader.pseudo_labels --out {path}",
        ) from error


def plates_to_train_on(table: Path, data: Path) -> tuple[RealPlate, ...]:
    """The plates of a table, but for those whose texts are kept apart.

    Raises:
        ConfigError: there is no such table, or a plate is of a photograph that is held out, as in a table that was
            written before the split changed.
    """
    plates, may_train = load_plates(table), training_photographs(data)
    held_out = sorted({plate.image for plate in plates} - may_train)
    if held_out:
        raise ConfigError(
            f"{table}: expected plates of photographs that may train, got {len(held_out)} others, first {held_out[0]}",
            remedy=f"python -m traffic.training.plate_reader.pseudo_labels --out {table}",
        )
    return tuple(plate for plate in plates if not is_kept_apart(plate.text))


def training_photographs(data: Path) -> frozenset[str]:
    """The photographs of all sources that are not held out, below the data folder."""
    sets = load_sets()
    vehicles = (path for name in VEHICLE_SETS for path in sets[name].paths(data, held_out=False))
    dashcam = (data / DASHCAM / "images" / image for image, _ in training_boxes(data / DASHCAM / "boxes.csv"))
    return frozenset(path.relative_to(data).as_posix() for path in chain(vehicles, dashcam))


def _plate(row: Mapping[str, str]) -> RealPlate:
    x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
    return RealPlate(row["image"], x1, y1, x2, y2, row["text"], row["country"], int(row["votes"]))


def main(
    out: Annotated[Path, typer.Option(help="the table to write")] = Path("data/plate_reader/real_plates.csv"),
) -> None:
    """Let the teachers read the plates of photographs that may train."""
    cv2.setNumThreads(1)
    out.parent.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{out}: {write_plates(real_plates(data_folder()), out)} plates")


if __name__ == "__main__":
    typer.run(main)
