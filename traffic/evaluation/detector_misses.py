"""The worst that a detector did: the largest vehicles that it missed, invented or called something else."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Float32Array, UInt8Array
from traffic.evaluation.average_precision import FALSE_POSITIVE, verdicts
from traffic.evaluation.detection import beside_truth, found_classes
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import LabelledImage
from traffic.evaluation.metrics.operating_point import believed
from traffic.evaluation.report.pictures import ANSWER, TRUTH, Colour, Outline, cut_out
from traffic.geometry import box_iou

Box = tuple[float, float, float, float]
OURS_PX, OTHERS_PX = 3, 1
"""Thickness of the box that a miss is about, and of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Miss:
    """One fault.

    Attributes:
        picture: the picture's name.
        xyxy: the box that it is about.
        label: what the label says, empty for a false detection.
        answer: what the detector says, empty for a missed vehicle.
        score: the detection's; for a missed vehicle that of the best weak one there, 0 without any.
        shown: the cut-out, truth in green and detections in red.
    """

    picture: str
    xyxy: Box
    label: str
    answer: str
    score: float
    shown: UInt8Array

    @property
    def area(self) -> float:
        """Square pixels."""
        x1, y1, x2, y2 = self.xyxy
        return (x2 - x1) * (y2 - y1)


@dataclass(slots=True)
class Worst:
    """Keeps the largest faults of one kind."""

    keep: int
    _heap: list[tuple[float, int, Miss]] = field(default_factory=list)
    seen: int = 0

    def add(self, miss: Miss) -> None:
        """Keep it if it is among the largest so far."""
        self.seen += 1
        heapq.heappush(self._heap, (miss.area, -self.seen, miss))
        if len(self._heap) > self.keep:
            heapq.heappop(self._heap)

    def largest_first(self) -> list[Miss]:
        """Those that were kept."""
        return [miss for _, _, miss in sorted(self._heap, key=lambda each: each[:2], reverse=True)]


class DetectorMisses:
    """Collects the faults picture by picture, so that no picture has to be kept.

    Args:
        iou, score: from which a detection is believed and counts as right.
        keep: how many of each kind.
    """

    def __init__(self, iou: float, score: float, keep: int = 24) -> None:
        self._iou = iou
        self._score = score
        self.missed, self.false, self.wrong_type = Worst(keep), Worst(keep), Worst(keep)

    def add(self, picture: LabelledImage, answer: Answer) -> None:
        """Look at one picture."""
        view = _View(picture, answer, self._iou, self._score)
        called = found_classes(answer, self._score, self._iou)
        for row, class_id in enumerate(called.tolist()):
            allowed = answer.allowed[row]
            if class_id < 0 and allowed.any():
                self.missed.add(view.of_truth(row, ""))
            elif class_id >= 0 and allowed.any() and not allowed[class_id]:
                self.wrong_type.add(view.of_truth(row, VEHICLE_CLASSES[class_id]))
        judged = believed(beside_truth(answer, np.ones(len(VEHICLE_CLASSES), np.bool_)), self._score)
        strong = np.flatnonzero(answer.found.scores >= self._score)
        for row in strong[verdicts(judged, self._iou) == FALSE_POSITIVE].tolist():
            self.false.add(view.of_detection(row))


class _View:
    """One picture and all that is drawn into it."""

    def __init__(self, picture: LabelledImage, answer: Answer, iou: float, score: float) -> None:
        strong = answer.found.scores >= score
        self._picture = picture
        self._answer = answer
        self._iou = iou
        self._outlines = [
            *(Outline.of_box(_box(xyxy), TRUTH, OTHERS_PX) for xyxy in picture.xyxy[picture.is_vehicle]),
            *(Outline.of_box(_box(xyxy), ANSWER, OTHERS_PX) for xyxy in answer.found.xyxy[strong]),
        ]

    def of_truth(self, row: int, answer: str) -> Miss:
        label = _words(np.array(VEHICLE_CLASSES)[self._answer.allowed[row]].tolist())
        near = box_iou(self._answer.found.xyxy, self._answer.xyxy[row : row + 1])[:, 0] >= self._iou
        score = float(self._answer.found.scores[near].max(initial=0))
        return self._miss(_box(self._answer.xyxy[row]), TRUTH, label, answer, score)

    def of_detection(self, row: int) -> Miss:
        found = self._answer.found
        answer = VEHICLE_CLASSES[int(found.class_ids[row])]
        return self._miss(_box(found.xyxy[row]), ANSWER, "", answer, float(found.scores[row]))

    def _miss(self, xyxy: Box, colour: Colour, label: str, answer: str, score: float) -> Miss:
        outlines = [*self._outlines, Outline.of_box(xyxy, colour, OURS_PX)]
        shown = cut_out(self._picture.image, xyxy, outlines)
        return Miss(self._picture.name, xyxy, label, answer, score, shown)


def _box(xyxy: Float32Array) -> Box:
    x1, y1, x2, y2 = (float(value) for value in xyxy)
    return x1, y1, x2, y2


def _words(names: Sequence[str]) -> str:
    return "vehicle" if len(names) == len(VEHICLE_CLASSES) else " or ".join(names)
