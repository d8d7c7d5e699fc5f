"""Whole pictures of the labelled sets and what the teacher finds in them: plates as a street shows them, and streets
without any.

The teacher looks at each picture as a whole, at four overlapping quarters, and at each vehicle; the surest of several
boxes on one place is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.evaluation.labelled_images import LabelledImage, load_sets, read_all
from traffic.evaluation.peer_models import PlateBoxes
from traffic.geometry import box_iou
from traffic.training.plate_locator.photos import cut
from traffic.training.plate_locator.recipe import Teaching
from traffic.training.plate_locator.samples import PlateView, boxed_view, quad_boxes
from traffic.training.plate_locator.taught import NEAR_SETS, is_plate
from traffic.training.plate_locator.teacher import open_teacher

QUARTER_SHARE = 0.6
"""Each of the four parts is as wide and high as this share of the picture."""
_SAME_PLACE_IOU = 0.3
_PLATES_ACROSS = (3.0, 16.0)
_WINDOW_SHARE = (0.15, 1.0)
_NARROWEST_PART_PX = 80.0
_ATTEMPTS = 20
_SCENES_TRIED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture with the plates of which the teacher is sure, and the boxes (n, 4) of which it is not."""

    view: PlateView
    doubtful: Float32Array


Part = Callable[[Scene, np.random.Generator], PlateView | None]
"""What part of a scene is shown, None where chance finds none."""


def open_scenes(teaching: Teaching, data: Path, cache: Path, *, held_out: bool) -> list[Scene]:
    """The pictures of one side of the sets' split.

    Args:
        teaching: which answers are believed.
        data: the data folder.
        cache: a file for the teacher's answers: picture, box and score a row.
        held_out: take the pictures that are kept from training, else the others.
    """
    sets = load_sets()
    pictures = [picture for name in NEAR_SETS for picture in read_all(sets[name], data, held_out=held_out)]
    if not cache.exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.save(cache, _answers(pictures, teaching, open_teacher(data).find))
    rows = np.asarray(np.load(cache), np.float32)
    return [_scene(picture.image, rows[rows[:, 0] == place, 1:], teaching) for place, picture in enumerate(pictures)]


def some_part(scenes: Sequence[Scene], part: Part, random: np.random.Generator) -> PlateView:
    """A part of one of the scenes; of another one where chance finds none.

    Raises:
        ModelError: none of many scenes has such a part.
    """
    for _ in range(_SCENES_TRIED):
        found = part(scenes[int(random.integers(len(scenes)))], random)
        if found is not None:
            return found
    raise ModelError("expected a part of a picture, found none in any", remedy="fetch the data sets again")


def near_a_plate(scene: Scene, random: np.random.Generator) -> PlateView | None:
    """A cut of 3 to 16 plates' width around one of the plates; None where chance finds none without a doubtful box."""
    if not len(scene.view.quads):
        return None
    height, width = scene.view.image.shape[:2]
    for _ in range(_ATTEMPTS):
        plate = scene.view.quads[random.integers(len(scene.view.quads))]
        across = float(np.ptp(plate[:, 0])) * float(np.exp(random.uniform(*np.log(_PLATES_ACROSS))))
        size = max(across, _NARROWEST_PART_PX) * np.array([1.0, random.uniform(0.6, 1.0)])
        low = plate.mean(axis=0) - size * random.uniform(0.1, 0.9, 2)
        box = np.clip(np.concatenate([low, low + size]), 0, [width, height, width, height]).astype(np.float32)
        if not _touches(box, scene.doubtful):
            return cut(scene.view, box)
    return None


def street(scene: Scene, random: np.random.Generator) -> PlateView | None:
    """A part of the picture that touches nothing that might be a plate; None where chance finds none."""
    height, width = scene.view.image.shape[:2]
    known = np.concatenate([scene.doubtful, quad_boxes(scene.view.quads)])
    for _ in range(_ATTEMPTS):
        w = width * float(np.exp(random.uniform(*np.log(_WINDOW_SHARE))))
        h = min(w * float(random.uniform(0.5, 1.4)), height)
        left, top = random.uniform(0, 1, 2) * [width - w, height - h]
        box = np.array([left, top, left + w, top + h], np.float32)
        if w >= _NARROWEST_PART_PX and not _touches(box, known):
            return cut(scene.view, box)
    return None


def _touches(box: Float32Array, others: Float32Array) -> bool:
    return bool((box_iou(box[None], others) > 0).any())


def _scene(image: UInt8Array, answers: Float32Array, teaching: Teaching) -> Scene:
    """`answers` (n, 5): box and score, no two on one place."""
    sure = np.array([is_plate(row, teaching.plate_score) for row in answers], np.bool_)
    unsure = ~sure & (answers[:, 4] >= teaching.silent_score)
    return Scene(boxed_view(image, answers[sure, :4]), answers[unsure, :4])


def _answers(
    pictures: list[LabelledImage], teaching: Teaching, find: Callable[[UInt8Array], PlateBoxes]
) -> Float32Array:
    """(n, 6): the picture's place, box and score."""
    rows = [np.zeros((0, 6), np.float32)]
    for place, picture in enumerate(pictures):
        seen = [np.zeros((0, 5), np.float32)]
        for x1, y1, x2, y2 in _parts(picture, teaching):
            found = find(np.ascontiguousarray(picture.image[y1:y2, x1:x2]))
            seen.append(np.column_stack([found.xyxy + np.array([x1, y1, x1, y1]), found.scores]).astype(np.float32))
        best = one_a_place(np.concatenate(seen))
        rows.append(np.column_stack([np.full(len(best), place), best]).astype(np.float32))
    return np.concatenate(rows)


def _parts(picture: LabelledImage, teaching: Teaching) -> Iterator[tuple[int, int, int, int]]:
    height, width = picture.image.shape[:2]
    yield 0, 0, width, height
    w, h = round(QUARTER_SHARE * width), round(QUARTER_SHARE * height)
    for left, top in ((0, 0), (width - w, 0), (0, height - h), (width - w, height - h)):
        yield left, top, left + w, top + h
    for x1, y1, x2, y2 in picture.xyxy[picture.is_vehicle]:
        if y2 - y1 >= teaching.minimum_height_px:
            dx, dy = teaching.margin * (x2 - x1), teaching.margin * (y2 - y1)
            yield max(int(x1 - dx), 0), max(int(y1 - dy), 0), int(x2 + dx) + 1, int(y2 + dy) + 1


def one_a_place(answers: Float32Array) -> Float32Array:
    """Of answers (n, 5) that overlap, the surest."""
    left = answers[np.argsort(-answers[:, 4], kind="stable")]
    kept = [np.zeros((0, 5), np.float32)]
    while len(left):
        kept.append(left[:1])
        left = left[box_iou(left[:1, :4], left[:, :4])[0] <= _SAME_PLACE_IOU]
    return np.concatenate(kept)
