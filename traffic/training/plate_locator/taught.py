"""Vehicle crops of the labelled sets, with what the teacher finds in them; its answers are kept in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.evaluation.labelled_images import load_sets, read_all
from traffic.evaluation.peer_models import YoloPlates
from traffic.training.plate_locator.recipe import Teaching
from traffic.training.plate_locator.samples import PlateView, boxed_view
from traffic.training.plate_locator.teacher import open_teacher

NEAR_SETS = ("close_ups", "photos")
"""The sets whose vehicles are near enough to believe the teacher that there is no plate: on the others' vehicles it is
silent about plates that one can see, small, dark or blurred."""
_ODD_ASPECT = (1.0, 8.0)
_NARROWEST_PX = 10.0


@dataclass(frozen=True)
class TaughtCrops:
    """Vehicle crops `with_plate`, as the teacher boxes it, and `silent` ones of NEAR_SETS, in which it sees nothing at
    all.
    """

    with_plate: list[PlateView]
    silent: list[PlateView]


def taught_crops(teaching: Teaching, data: Path, cache: Path, *, held_out: bool) -> TaughtCrops:
    """The crops of one side of the sets' split.

    Args:
        teaching: which answers are believed.
        data: the data folder.
        cache: a file for the teacher's best box and score of each crop.
        held_out: take the pictures that are kept from training, else the others.
    """
    named = list(_vehicle_crops(teaching, data, held_out=held_out))
    crops = [crop for _, crop in named]
    answers = _answers(crops, data, cache)
    teach = [is_plate(row, teaching.plate_score) for row in answers]
    views = [boxed_view(crop, row[None, :4]) for crop, row, yes in zip(crops, answers, teach, strict=True) if yes]
    empty = np.zeros((0, 4), np.float32)
    silent = [
        boxed_view(crop, empty)
        for (name, crop), row in zip(named, answers, strict=True)
        if name in NEAR_SETS and row[4] < teaching.silent_score
    ]
    return TaughtCrops(views, silent)


def is_plate(row: Float32Array, score: float) -> bool:
    """Whether one answer of the teacher, box and score (5,), is sure enough and of a plate's shape."""
    width, height = row[2] - row[0], row[3] - row[1]
    usual = _ODD_ASPECT[0] <= width / max(height, 1) <= _ODD_ASPECT[1]
    return bool(row[4] >= score and usual and width >= _NARROWEST_PX)


def _answers(crops: list[UInt8Array], data: Path, cache: Path) -> Float32Array:
    """(n, 5) box and score, score 0 where nothing was found."""
    if not cache.exists():
        teacher = open_teacher(data)
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.save(cache, np.array([_best(teacher, crop) for crop in crops], np.float32).reshape(-1, 5))
    return np.asarray(np.load(cache), np.float32)


def _best(teacher: YoloPlates, crop: UInt8Array) -> Float32Array:
    found = teacher.find(crop)
    if not len(found.scores):
        return np.zeros(5, np.float32)
    return np.append(found.xyxy[0], found.scores[0])


def _vehicle_crops(teaching: Teaching, data: Path, *, held_out: bool) -> Iterator[tuple[str, UInt8Array]]:
    for name, labelled_set in load_sets().items():
        for picture in read_all(labelled_set, data, held_out=held_out):
            for box in picture.xyxy[picture.is_vehicle]:
                if box[3] - box[1] >= teaching.minimum_height_px:
                    yield name, _cut(picture.image, box, teaching.margin)


def _cut(image: UInt8Array, box: Float32Array, margin: float) -> UInt8Array:
    dx, dy = margin * (box[2] - box[0]), margin * (box[3] - box[1])
    left, top = max(int(box[0] - dx), 0), max(int(box[1] - dy), 0)
    return np.ascontiguousarray(image[top : int(box[3] + dy) + 1, left : int(box[2] + dx) + 1])
