"""COCO's twelve figures of one class, counted by faster-coco-eval.

Lin et al., "Microsoft COCO: Common Objects in Context", arXiv:1405.0312, and cocodataset.org's evaluation page. Small
is a box of less than 32 x 32 pixels, large one of 96 x 96 and more. An ignore region is COCO's crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict

import numpy as np
from pydantic import Field

from traffic.datatypes import Float32Array, Float64Array
from traffic.errors import ModelError
from traffic.evaluation.average_precision import IOU_THRESHOLDS, Judged
from traffic.settings import Settings

Figure = Annotated[float, Field(ge=0, le=1)] | None
"""None where there was nothing to find."""


class CocoFigures(Settings):
    """Average precision (ap) and average recall (ar), each over IoU .50 to .95 unless it says otherwise."""

    ap: Figure
    ap50: Figure
    """At IoU .50."""
    ap75: Figure
    ap_small: Figure
    ap_medium: Figure
    ap_large: Figure
    ar_1: Figure
    """With one detection a picture; then with ten and a hundred, as ap has."""
    ar_10: Figure
    ar_100: Figure
    ar_small: Figure
    ar_medium: Figure
    ar_large: Figure


FIGURES = tuple(CocoFigures.model_fields)


@dataclass(frozen=True, slots=True, eq=False)
class CocoResult:
    """What COCO's evaluation says of one class.

    Attributes:
        figures: the twelve.
        precision: (len(IOU_THRESHOLDS), 101) at each IoU and recall 0, .01 .. 1, all zero where there is nothing to
            find.
    """

    figures: CocoFigures
    precision: Float64Array

    def precision_at(self, iou: float) -> Float64Array:
        """(101,) at the IoU threshold that is nearest."""
        return np.asarray(self.precision[int(np.abs(np.subtract(IOU_THRESHOLDS, iou)).argmin())])


class _Annotation(TypedDict):
    id: int
    image_id: int
    category_id: int
    bbox: list[float]
    area: float
    iscrowd: int


class _Detection(TypedDict):
    image_id: int
    category_id: int
    bbox: list[float]
    score: float


_NOTHING = _Detection(image_id=1, category_id=1, bbox=[-1, -1, 0, 0], score=0)
"""The evaluation wants one detection at least."""


def coco_result(pictures: Sequence[Judged]) -> CocoResult:
    """The twelve figures over a set of pictures, all detections being of one class.

    Raises:
        ModelError: faster-coco-eval is not installed.
    """
    detections = [each for number, picture in enumerate(pictures, 1) for each in _detections(number, picture)]
    try:
        from faster_coco_eval import COCO, COCOeval_faster
    except ImportError as error:
        raise ModelError(
            "COCO's figures need faster-coco-eval, it is not installed", remedy="pip install 'traffic[evaluation]'"
        ) from error
    truth = COCO(_truth(pictures), print_function=_silent)
    found = truth.loadRes(detections or [_NOTHING])
    evaluation = COCOeval_faster(truth, found, "bbox", print_function=_silent)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, 0, 0, -1]
    return CocoResult(_figures(evaluation.stats), np.asarray(np.clip(precision, 0, 1), np.float64))


def mean_figures(classes: Sequence[CocoFigures]) -> CocoFigures:
    """The mean over classes, each figure over those that have it: what COCO tells of a set of many classes."""

    def mean(name: str) -> float | None:
        values = [value for each in classes if (value := getattr(each, name)) is not None]
        return float(np.mean(values)) if values else None

    return CocoFigures(**{name: mean(name) for name in FIGURES})


def _figures(statistics: Sequence[float]) -> CocoFigures:
    values = [None if value < 0 else float(value) for value in statistics[: len(FIGURES)]]
    return CocoFigures(**dict(zip(FIGURES, values, strict=True)))


def _truth(pictures: Sequence[Judged]) -> dict[str, list[_Annotation] | list[dict[str, int]] | list[dict[str, object]]]:
    annotations: list[_Annotation] = []
    for number, picture in enumerate(pictures, 1):
        for boxes, is_crowd in ((picture.truth, 0), (picture.ignore, 1)):
            for box in _corner_and_size(boxes):
                annotations.append(_annotation(len(annotations) + 1, number, box, is_crowd))
    return {
        "images": [{"id": number} for number in range(1, len(pictures) + 1)],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "vehicle"}],
    }


def _annotation(number: int, image: int, box: list[float], is_crowd: int) -> _Annotation:
    return _Annotation(id=number, image_id=image, category_id=1, bbox=box, area=box[2] * box[3], iscrowd=is_crowd)


def _detections(image: int, picture: Judged) -> list[_Detection]:
    return [
        _Detection(image_id=image, category_id=1, bbox=box, score=float(score))
        for box, score in zip(_corner_and_size(picture.xyxy), picture.scores, strict=True)
    ]


def _corner_and_size(xyxy: Float32Array) -> list[list[float]]:
    boxes = xyxy.astype(np.float64)
    boxes[:, 2:] -= boxes[:, :2]
    return [[float(value) for value in box] for box in boxes]


def _silent(*_: object) -> None:
    """The evaluation has nothing to print here."""
