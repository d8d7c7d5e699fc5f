"""Precision and recall at one score and one IoU, and over all scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from traffic.datatypes import Float64Array
from traffic.evaluation.average_precision import IGNORED, TRUE_POSITIVE, Judged, match
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class OperatingPoint(Settings):
    """What is right and wrong when detections with at least some score are believed."""

    found: Count
    """True boxes that a detection matches."""
    missed: Count
    false: Count
    """Detections that match no true box and lie in no ignore region."""

    precision: Share | None
    """The share of the detections that is right; None without detections."""
    recall: Share | None
    """The share of the true boxes that is found; None without true boxes."""
    f1: Share | None
    """The harmonic mean of both; None without detections and true boxes."""

    @classmethod
    def of_counts(cls, found: int, missed: int, false: int) -> OperatingPoint:
        """The point with these counts."""
        return cls(
            found=found,
            missed=missed,
            false=false,
            precision=_share(found, found + false),
            recall=_share(found, found + missed),
            f1=_share(2 * found, 2 * found + missed + false),
        )


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCurve:
    """Precision and recall of the detections with at least each score.

    Attributes:
        scores: (n,) rising.
        precision, recall: (n,).
    """

    scores: Float64Array
    precision: Float64Array
    recall: Float64Array


def operating_point(pictures: Sequence[Judged], iou: float, score: float) -> OperatingPoint:
    """What is found at this IoU by the detections with at least this score."""
    found = false = boxes = 0
    for picture in pictures:
        verdicts = match(believed(picture, score), iou)
        found += int((verdicts == TRUE_POSITIVE).sum())
        false += int(((verdicts != TRUE_POSITIVE) & (verdicts != IGNORED)).sum())
        boxes += len(picture.truth)
    return OperatingPoint.of_counts(found, boxes - found, false)


def score_curve(pictures: Sequence[Judged], iou: float, scores: Sequence[float]) -> ScoreCurve:
    """Precision (1 without detections) and recall (0 without true boxes) at each of some rising scores."""
    boxes = sum(len(picture.truth) for picture in pictures)
    ranked = np.concatenate([np.zeros(0), *(np.sort(picture.scores)[::-1] for picture in pictures)])
    verdicts = np.concatenate([np.zeros(0), *(match(picture, iou) for picture in pictures)])
    believed_at = ranked[None, :] >= np.asarray(scores)[:, None]
    found = (believed_at & (verdicts == TRUE_POSITIVE)).sum(axis=1)
    claimed = (believed_at & (verdicts != IGNORED)).sum(axis=1)
    precision = np.where(claimed > 0, found / np.maximum(claimed, 1), 1.0)
    return ScoreCurve(np.asarray(scores, np.float64), precision, found / max(1, boxes))


def believed(picture: Judged, score: float) -> Judged:
    """The picture with the detections of at least this score alone."""
    kept = picture.scores >= score
    return Judged(picture.xyxy[kept], picture.scores[kept], picture.truth, picture.ignore)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
