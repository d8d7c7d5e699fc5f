"""How good detectors are on one set of pictures: the figures, as they are written to JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from traffic.datatypes import VEHICLE_CLASSES
from traffic.evaluation.average_precision import Judged
from traffic.evaluation.detection import beside_truth, found_classes, label_groups
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import BoolArray
from traffic.evaluation.metrics.coco import CocoFigures, coco_result, mean_figures
from traffic.evaluation.metrics.confusion import Confusion, confusion
from traffic.evaluation.metrics.operating_point import OperatingPoint, operating_point, score_curve
from traffic.settings import Settings

ANY_VEHICLE = "all vehicles as one class"
MISSED = "missed"
OR = " or "
"""Between the classes that a label leaves open."""
SCORES = tuple(round(0.02 * step, 2) for step in range(1, 50))
Share = Annotated[float, Field(ge=0, le=1)]


class OverScores(Settings):
    """Precision and recall of the detections with at least each score."""

    scores: tuple[Share, ...]
    precision: tuple[Share, ...]
    recall: tuple[Share, ...]


class ClassResult(Settings):
    """One class, or several that the labels do not tell apart."""

    label: str
    boxes: Annotated[int, Field(ge=0)]
    """How many there are to find."""
    coco: CocoFigures
    point: OperatingPoint
    """At the report's IoU and score."""
    right_type: Share | None
    """Of the vehicles of this class that were found as anything, the share called what the label says; None where
    none was found, and for all vehicles as one class.
    """
    precision_at_recall: tuple[Share, ...]
    """At the report's IoU, or the nearest of .50, .55 .. .95: at recall 0, .01 .. 1, as COCO interpolates it."""
    over_scores: OverScores
    """At the report's IoU."""


class DetectorResult(Settings):
    """One detector on all pictures."""

    name: str
    sha256: str
    """Of the model's file."""
    vehicles: ClassResult
    """All vehicles as one class: a truck called a bus is found."""
    classes: tuple[ClassResult, ...]
    mean: CocoFigures
    """Over the classes."""
    types: Confusion
    """What the boxes of each class were called at the report's IoU and score, whatever else they were."""


class DetectorReport(Settings):
    """What `traffic evaluate detector` found."""

    report: Literal["detector"] = "detector"
    version: Literal[1] = 1
    data: str
    pictures: int
    left_out: dict[str, int]
    """Boxes of the data set's classes that are no vehicles."""
    without_labels: Annotated[int, Field(ge=0)] = 0
    """Of the pictures: without a file of labels, counted as empty."""
    input_size: tuple[int, int]
    """(width, height) of the network's input."""
    iou: Share
    """A detection that overlaps a true box by this much is right."""
    score: Share
    """Detections with at least this score count for precision, recall and types; AP and AR take all."""
    models: tuple[DetectorResult, ...]
    """The model first, then its peers."""


def detector_result(name: str, answers: Sequence[Answer], iou: float, score: float, sha256: str = "") -> DetectorResult:
    """The figures of one detector from its answers on all pictures.

    Raises:
        ModelError: faster-coco-eval is not installed.
    """
    groups = sorted(label_groups(answers), key=lambda group: VEHICLE_CLASSES.index(group[0]))
    types = _types(answers, groups, iou, score)
    classes = tuple(
        _class_result(_words(group), _as_classes(answers, group), iou, score, right_type(types, _words(group)))
        for group in groups
    )
    return DetectorResult(
        name=name,
        sha256=sha256,
        vehicles=_class_result(ANY_VEHICLE, _as_classes(answers, VEHICLE_CLASSES), iou, score),
        classes=classes,
        mean=mean_figures([each.coco for each in classes]),
        types=types,
    )


def _as_classes(answers: Sequence[Answer], group: Sequence[str]) -> list[Judged]:
    wanted: BoolArray = np.array([name in group for name in VEHICLE_CLASSES])
    return [beside_truth(answer, wanted) for answer in answers]


def right_type(types: Confusion, label: str) -> float | None:
    """See ClassResult.right_type."""
    called = dict(zip(types.answers, types.counts[types.labels.index(label)], strict=True))
    found = sum(called.values()) - called[MISSED]
    return sum(called[name] for name in label.split(OR)) / found if found else None


def _class_result(
    label: str, judged: Sequence[Judged], iou: float, score: float, right: float | None = None
) -> ClassResult:
    result, curve = coco_result(judged), score_curve(judged, iou, SCORES)
    return ClassResult(
        label=label,
        boxes=sum(len(each.truth) for each in judged),
        coco=result.figures,
        point=operating_point(judged, iou, score),
        right_type=right,
        precision_at_recall=tuple(result.precision_at(iou).tolist()),
        over_scores=OverScores(
            scores=SCORES, precision=tuple(curve.precision.tolist()), recall=tuple(curve.recall.tolist())
        ),
    )


def _types(answers: Sequence[Answer], groups: Sequence[tuple[str, ...]], iou: float, score: float) -> Confusion:
    labels: list[str] = []
    called: list[str] = []
    for answer in answers:
        found = found_classes(answer, score, iou)
        for allowed, class_id in zip(answer.allowed, found.tolist(), strict=True):
            group = tuple(np.array(VEHICLE_CLASSES)[allowed].tolist())
            if group in groups:
                labels.append(_words(group))
                called.append(VEHICLE_CLASSES[class_id] if class_id >= 0 else MISSED)
    return confusion(labels, called, [_words(group) for group in groups], [*VEHICLE_CLASSES, MISSED])


def _words(group: Sequence[str]) -> str:
    return OR.join(group)
