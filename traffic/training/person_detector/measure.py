"""Measures how many people are found, as the redaction of pictures needs it: is the head of each of them covered?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.privacy.people import PeopleFinder

FOLDER = "det_highway_id"
SPLITS = ("train", "valid", "test")
"""All of them are new to the weights."""
PERSON_LABEL = 3
HEAD = 1 / 3
"""The upper part of a person's box that must be covered."""
COVERED = 0.5
"""By this share of it at least."""
SMALL_PX = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class PeoplePicture:
    """A picture (h, w, 3) BGR and the boxes (n, 4) of the people labelled in it."""

    image: UInt8Array
    xyxy: Float32Array


@dataclass(frozen=True, slots=True)
class PeopleFigures:
    """What was found in some pictures.

    Attributes:
        people: labelled ones.
        covered: of them, those whose head is.
        small, small_covered: of them, those lower than SMALL_PX.
        empty: pictures in which nobody is labelled.
        empty_hidden: share of the area of those that was taken for people.
    """

    people: int
    covered: int
    small: int
    small_covered: int
    empty: int
    empty_hidden: float


def labelled_people(data: Path) -> Iterator[PeoplePicture]:
    """The pictures of the labelled set, one at a time."""
    for label in sorted(path for split in SPLITS for path in (data / FOLDER / split / "labels").glob("*.txt")):
        image = cv2.imread(str(next((label.parents[1] / "images").glob(f"{label.stem}.*"))), cv2.IMREAD_COLOR)
        rows = [tuple(map(float, line.split()[:5])) for line in label.read_text().splitlines() if line.strip()]
        if image is not None:
            yield PeoplePicture(np.asarray(image, np.uint8), _corners(rows, image.shape[1], image.shape[0]))


def measure(finder: PeopleFinder, pictures: Iterator[PeoplePicture]) -> PeopleFigures:
    """Search every picture."""
    heads: list[tuple[float, bool]] = []
    hidden: list[float] = []
    for picture in pictures:
        mask = _mask(picture.image, finder.find(picture.image))
        heads += [(float(box[3] - box[1]), _covered(mask, box)) for box in picture.xyxy]
        if len(picture.xyxy) == 0:
            hidden.append(float(mask.mean()))
    small = [covered for height, covered in heads if height < SMALL_PX]
    return PeopleFigures(
        len(heads),
        sum(covered for _, covered in heads),
        len(small),
        sum(small),
        len(hidden),
        float(np.mean(hidden)) if hidden else 0.0,
    )


def _mask(image: UInt8Array, boxes: Float32Array) -> UInt8Array:
    mask: UInt8Array = np.zeros(image.shape[:2], np.uint8)
    for left, top, right, bottom in boxes.round().astype(int).tolist():
        mask[top:bottom, left:right] = 1
    return mask


def _covered(mask: UInt8Array, box: Float32Array) -> bool:
    left, top, right, bottom = box.round().astype(int).tolist()
    head = mask[top : max(round(top + HEAD * (bottom - top)), top + 1), left : max(right, left + 1)]
    return bool(head.size) and float(head.mean()) >= COVERED


def _corners(rows: Sequence[tuple[float, ...]], width: int, height: int) -> Float32Array:
    people = [row for row in rows if int(row[0]) == PERSON_LABEL]
    _, x, y, w, h = np.array(people, np.float64).reshape(-1, 5).T
    corners = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    return (corners * [width, height, width, height]).astype(np.float32)
