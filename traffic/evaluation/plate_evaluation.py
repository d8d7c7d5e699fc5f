"""Run plate systems over labelled photos: `traffic evaluate plates`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Frame
from traffic.evaluation.classifier_evaluation import still_frame
from traffic.evaluation.formats.plate_list import LabelledPlate, PlatePhoto
from traffic.evaluation.formats.rows import require_inside
from traffic.evaluation.plate_results import JudgedPlate, PlateReport, system_result
from traffic.evaluation.plate_systems import PlateSystem, TextRead, place_of_box
from traffic.geometry import box_iou
from traffic.plates.locator import PlateCorners

LOCATED_IOU = 0.5
NOTHING_READ = TextRead("", 0.0)


@dataclass(frozen=True, slots=True)
class PlateAnswers:
    """All that one system made of the photos: of each labelled plate, and how many places it found at all."""

    name: str
    models: Mapping[str, str]
    judged: tuple[JudgedPlate, ...]
    places: int


def run_system(
    system: PlateSystem, photos: Sequence[PlatePhoto], progress: Callable[[str, int], None] = lambda *_: None
) -> PlateAnswers:
    """Find and read the plates of each photo, and read them in the labels' boxes too.

    Raises:
        ConfigError: a photo cannot be decoded, or a plate lies outside its photo.
    """
    judged: list[JudgedPlate] = []
    places = 0
    for count, photo in enumerate(photos, 1):
        frame = still_frame(photo.path)
        for plate in photo.plates:
            require_inside(plate.xyxy, frame.image, plate.place)
        found = system.finder.find(frame)
        judged += _judge(system, frame, photo, found)
        places += len(found)
        progress(system.name, count)
    return PlateAnswers(system.name, system.models, tuple(judged), places)


def plate_report(data: str, search: str, photos: int, answers: Sequence[PlateAnswers]) -> PlateReport:
    """The figures of all systems, ours first."""
    return PlateReport(
        data=data,
        photos=photos,
        plates=len(answers[0].judged),
        search=search,
        iou=LOCATED_IOU,
        systems=tuple(system_result(each.name, each.judged, each.places, LOCATED_IOU, each.models) for each in answers),
    )


def _judge(system: PlateSystem, frame: Frame, photo: PlatePhoto, found: Sequence[PlateCorners]) -> list[JudgedPlate]:
    given = system.reader.read(frame.image, [place_of_box(plate.xyxy) for plate in photo.plates])
    texts = system.reader.read(frame.image, found)
    judged = []
    for plate, in_box in zip(photo.plates, given, strict=True):
        row, iou = _best(plate, found)
        place, read = (None, NOTHING_READ) if row is None else (found[row], texts[row])
        judged.append(JudgedPlate(str(photo.path), plate, place, iou, in_box, read))
    return judged


def _best(plate: LabelledPlate, found: Sequence[PlateCorners]) -> tuple[int | None, float]:
    """The place that overlaps a plate most, None if none does, and their IoU."""
    boxes = np.array([place.xyxy for place in found], np.float32).reshape(-1, 4)
    overlap = box_iou(np.array([plate.xyxy], np.float32), boxes)[0]
    if not overlap.size or overlap.max() <= 0:
        return None, 0.0
    return int(overlap.argmax()), float(overlap.max())
