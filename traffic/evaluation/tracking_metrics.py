"""How well identities are kept: HOTA, CLEAR MOT and identity measures over a set of sequences.

HOTA after Luiten et al., HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking, IJCV 2021; MOTA, switches
and fragmentations after Bernardin and Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT
Metrics, 2008; IDF1 after Ristani et al., Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking,
2016. Definitions where the papers leave a choice are those of TrackEval, and the figures equal its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from traffic.datatypes import Float64Array, Int64Array

ALPHAS = np.arange(0.05, 0.99, 0.05)
SAME_IOU = 0.5
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedFrame:
    """One frame's g true boxes beside t told ones.

    Attributes:
        truth: (g,) int64, ids from 0 without gaps within the sequence.
        told: (t,) int64, likewise.
        similarity: (g, t) float64, IoU.
    """

    truth: Int64Array
    told: Int64Array
    similarity: Float64Array


@dataclass(frozen=True, slots=True)
class TrackingScores:
    """Shares in 0..1, then counts.

    Attributes:
        hota, detection_accuracy, association_accuracy: HOTA, DetA and AssA, means over ALPHAS.
        mota: 1 - (misses + false boxes + switches) / true boxes.
        idf1: F1 of the best one-to-one pairing of true and told identities.
        switches: a vehicle goes on under another id.
        fragmentations: a vehicle is followed again after it was not.
        false_boxes, misses, true_boxes: how many.
        hota_by_iou: HOTA at each of ALPHAS.
    """

    hota: float
    detection_accuracy: float
    association_accuracy: float
    mota: float
    idf1: float
    switches: int
    fragmentations: int
    false_boxes: int
    misses: int
    true_boxes: int
    hota_by_iou: tuple[float, ...] = ()


def tracking_scores(sequences: Sequence[Sequence[JudgedFrame]]) -> TrackingScores:
    """The scores of all sequences together, each with identities of its own."""
    hota = [_hota_counts(frames) for frames in sequences]
    found, associated = sum(each[0] for each in hota), sum(each[1] for each in hota)
    true_boxes = sum(len(frame.truth) for frames in sequences for frame in frames)
    told_boxes = sum(len(frame.told) for frames in sequences for frame in frames)
    detection = found / np.maximum(1, true_boxes + told_boxes - found)
    association = associated / np.maximum(1, found)
    hits, switches, fragments = (sum(each) for each in zip(*map(_clear_counts, sequences), strict=True))
    same = sum(_same_identity(frames) for frames in sequences)
    by_iou = np.sqrt(detection * association)
    return TrackingScores(
        hota=float(by_iou.mean()),
        detection_accuracy=float(detection.mean()),
        association_accuracy=float(association.mean()),
        mota=(hits - (told_boxes - hits) - switches) / max(1, true_boxes),
        idf1=2 * same / max(1, true_boxes + told_boxes),
        switches=switches,
        fragmentations=fragments,
        false_boxes=told_boxes - hits,
        misses=true_boxes - hits,
        true_boxes=true_boxes,
        hota_by_iou=tuple(by_iou.tolist()),
    )


def _identities(frames: Sequence[JudgedFrame]) -> tuple[Float64Array, Float64Array]:
    """How often each true and each told identity occurs."""
    return _counted([frame.truth for frame in frames]), _counted([frame.told for frame in frames])


def _counted(ids: Sequence[Int64Array]) -> Float64Array:
    return np.bincount(np.concatenate([np.zeros(0, np.int64), *ids])).astype(np.float64)


def _hota_counts(frames: Sequence[JudgedFrame]) -> tuple[Float64Array, Float64Array]:
    """For each alpha: true positives, and the sum of their association accuracies."""
    of_truth, of_told = _identities(frames)
    together = np.zeros((len(of_truth), len(of_told)))
    for frame in frames:
        total = frame.similarity.sum(0)[None] + frame.similarity.sum(1)[:, None] - frame.similarity
        share = np.divide(frame.similarity, total, out=np.zeros_like(total), where=total > EPSILON)
        together[np.ix_(frame.truth, frame.told)] += share
    alignment = together / np.maximum(of_truth[:, None] + of_told - together, EPSILON)
    matches = np.zeros((len(ALPHAS), *together.shape))
    for frame in frames:
        rows, columns = linear_sum_assignment(
            alignment[np.ix_(frame.truth, frame.told)] * frame.similarity, maximize=True
        )
        reached = frame.similarity[rows, columns] >= ALPHAS[:, None] - EPSILON
        matches[:, frame.truth[rows], frame.told[columns]] += reached
    accuracy = matches / np.maximum(1, of_truth[:, None] + of_told - matches)
    return matches.sum(axis=(1, 2)), (matches * accuracy).sum(axis=(1, 2))


def _clear_counts(frames: Sequence[JudgedFrame]) -> tuple[int, int, int]:
    """Hits, switches and fragmentations; a pairing that still holds is kept."""
    vehicles = len(_identities(frames)[0])
    last, before = np.full(vehicles, -1), np.full(vehicles, -1)
    hits = switches = 0
    stretches = np.zeros(vehicles, np.int64)
    for frame in frames:
        if not len(frame.truth) or not len(frame.told):
            continue
        truth, told = _paired(frame, before)
        hits += len(truth)
        switches += int(((last[truth] >= 0) & (last[truth] != told)).sum())
        stretches[truth] += before[truth] < 0
        last[truth] = told
        before[:] = -1
        before[truth] = told
    return hits, switches, int(np.maximum(stretches - 1, 0).sum())


def _paired(frame: JudgedFrame, before: NDArray[np.int64]) -> tuple[Int64Array, Int64Array]:
    worth = 1000 * (frame.told == before[frame.truth][:, None]) + frame.similarity
    worth[frame.similarity < SAME_IOU - EPSILON] = 0
    rows, columns = linear_sum_assignment(worth, maximize=True)
    good = worth[rows, columns] > EPSILON
    return frame.truth[rows[good]], frame.told[columns[good]]


def _same_identity(frames: Sequence[JudgedFrame]) -> int:
    """True boxes told under the one id that is counted as the vehicle's own."""
    of_truth, of_told = _identities(frames)
    together = np.zeros((len(of_truth), len(of_told)))
    for frame in frames:
        rows, columns = np.nonzero(frame.similarity >= SAME_IOU)
        np.add.at(together, (frame.truth[rows], frame.told[columns]), 1)
    return int(together[linear_sum_assignment(together, maximize=True)].sum())
