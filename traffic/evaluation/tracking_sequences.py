"""Sequences with true tracks and detections, as KITTI and MOTChallenge lay them out, and how they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from traffic.datatypes import Detections, Float32Array, Float64Array, Int64Array
from traffic.errors import ConfigError
from traffic.evaluation.tracking_metrics import EPSILON, SAME_IOU, JudgedFrame
from traffic.evaluation.tracking_tables import KittiBox, read_frame_rate, read_kitti_labels, read_table

SECOND_NS = 1_000_000_000
KITTI_RATE_HZ, MOT_RATE_HZ = 10.0, 25.0
KITTI_COLUMNS, MOT_COLUMNS = "frame,x1,y1,x2,y2,score", "frame,id,x,y,width,height,score"
KITTI_MOST_HIDDEN, KITTI_MOST_CUT, KITTI_LEAST_HEIGHT_PX = 2, 0, 25
Table = Float64Array


@dataclass(frozen=True, slots=True, eq=False)
class TrueFrame:
    """What is to be found in a frame, and what counts neither for nor against.

    Attributes:
        ids: (n,) int64.
        xyxy: (n, 4) float64.
        wanted: (n,) bool; the others may be told or not.
        regions: (k, 4) float64, boxes that lie in them more than half don't count.
    """

    ids: Int64Array
    xyxy: Float64Array
    wanted: NDArray[np.bool_]
    regions: Float64Array


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSequence:
    """One recording.

    Attributes:
        name: of its file or folder.
        fps: frames a second, on average.
        pts_ns: media time of each frame.
        truth, detections: one for each frame.
        least_height_px: told boxes lower than that which match nothing don't count.
    """

    name: str
    fps: float
    pts_ns: tuple[int, ...]
    truth: tuple[TrueFrame, ...]
    detections: tuple[Detections, ...]
    least_height_px: float = 0.0

    def every(self, step: int) -> LabelledSequence:
        """Every `step`-th frame of it."""
        return replace(
            self,
            fps=self.fps / step,
            pts_ns=self.pts_ns[::step],
            truth=self.truth[::step],
            detections=self.detections[::step],
        )


@dataclass(frozen=True, slots=True)
class Logits:
    """How scores outside 0..1 become shares: 1 / (1 + exp(-(score - middle) / spread))."""

    middle: float = 0.0
    spread: float = 1.0


def read_kitti(
    folder: Path, detections: Path, fps: float = KITTI_RATE_HZ, logits: Logits | None = None
) -> Iterator[LabelledSequence]:
    """The cars of KITTI tracking labels (NAME.txt or NAME.txt.gz), judged by KITTI's rules.

    Args:
        folder: of the labels, or one that has them in `gt` or `label_02`.
        detections: a file of the same name for each, lines of `frame,x1,y1,x2,y2,score`.
        fps: of the recordings.
        logits: what scores outside 0..1 are.

    Raises:
        ConfigError: no labels, or no detections for one of them; with file and line: one of them is not like that.
    """
    labels = kitti_labels(folder)
    if not labels:
        raise ConfigError(f"expected KITTI labels (NAME.txt or NAME.txt.gz) in {folder}, found none")
    for path in labels:
        boxes = read_kitti_labels(path)
        table = read_table(_beside(path, detections), KITTI_COLUMNS, 0)
        frames = 1 + int(max([float(box.frame) for box in boxes] + table[:, 0].tolist(), default=-1))
        truth = tuple(_kitti_frame([box for box in boxes if box.frame == index]) for index in range(frames))
        found = _detections(table, frames, 0, logits)
        yield LabelledSequence(
            path.name.split(".")[0], fps, even_times(fps, frames), truth, found, KITTI_LEAST_HEIGHT_PX
        )


def read_mot(
    folder: Path, detections: Path | None = None, fps: float | None = None, logits: Logits | None = None
) -> Iterator[LabelledSequence]:
    """MOTChallenge sequences: NAME/gt/gt.txt and NAME/det/det.txt, lines of `frame,id,x,y,width,height,score,...`.

    True boxes whose seventh column is 0 count neither for nor against.

    Args:
        folder: of the sequences.
        detections: a folder with NAME.txt instead of NAME/det/det.txt.
        fps: of the recordings; seqinfo.ini's frameRate, else 25, if none.
        logits: what scores outside 0..1 are.

    Raises:
        ConfigError: no labels, or no detections for one of them; with file and line: one of them is not like that.
    """
    labels = mot_labels(folder)
    if not labels:
        raise ConfigError(f"expected MOT sequences (NAME/gt/gt.txt) in {folder}, found none")
    for path in labels:
        sequence = path.parent.parent
        found = sequence / "det" / "det.txt" if detections is None else detections / f"{sequence.name}.txt"
        if not found.is_file():
            raise ConfigError(f"expected the detections of {sequence.name} in {found}, there is no such file")
        true, table = read_table(path, MOT_COLUMNS, 1), read_table(found, MOT_COLUMNS, 1)
        frames = int(max(true[:, 0].max(initial=0), table[:, 0].max(initial=0)))
        truth = tuple(_mot_frame(true[true[:, 0] == index + 1]) for index in range(frames))
        boxes = _detections(np.delete(table, 1, axis=1), frames, 1, logits)
        rate = fps or read_frame_rate(sequence / "seqinfo.ini", MOT_RATE_HZ)
        yield LabelledSequence(sequence.name, rate, even_times(rate, frames), truth, boxes)


def kitti_labels(folder: Path) -> list[Path]:
    """The files of KITTI labels of a folder, in `gt` or `label_02` where there is one; none where there are none."""
    place = next((folder / name for name in ("gt", "label_02") if (folder / name).is_dir()), folder)
    return sorted([*place.glob("*.txt"), *place.glob("*.txt.gz")])


def mot_labels(folder: Path) -> list[Path]:
    """NAME/gt/gt.txt of each MOTChallenge sequence of a folder; none where there are none."""
    return sorted(folder.glob("*/gt/gt.txt"))


def even_times(fps: float, frames: int) -> tuple[int, ...]:
    """Media times of frames evenly apart."""
    return tuple(round(index * SECOND_NS / fps) for index in range(frames))


def judge(sequence: LabelledSequence, told: Sequence[tuple[Int64Array, Float32Array]]) -> tuple[JudgedFrame, ...]:
    """What a tracker told of each frame, ids (t,) and xyxy (t, 4), beside the truth.

    Told boxes that match an unwanted true box, and unmatched ones that are too low or lie in a region, are left out.
    """
    ids = _Numbers()
    own = _Numbers()
    frames = []
    for truth, (told_ids, xyxy) in zip(sequence.truth, told, strict=True):
        similarity = _shared(truth.xyxy, xyxy.astype(np.float64))
        kept = _counted(truth, xyxy.astype(np.float64), similarity, sequence.least_height_px)
        frames.append(
            JudgedFrame(ids.of(truth.ids[truth.wanted]), own.of(told_ids[kept]), similarity[np.ix_(truth.wanted, kept)])
        )
    return tuple(frames)


class _Numbers:
    """Ids as numbers from 0 on, in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def of(self, ids: Int64Array) -> Int64Array:
        return np.array([self._known.setdefault(each, len(self._known)) for each in ids.tolist()], np.int64)


def _counted(
    truth: TrueFrame, xyxy: Float64Array, similarity: Float64Array, least_height_px: float
) -> NDArray[np.bool_]:
    rows, columns = linear_sum_assignment(np.where(similarity < SAME_IOU - EPSILON, 0, similarity), maximize=True)
    good = similarity[rows, columns] >= SAME_IOU - EPSILON
    rows, columns = rows[good], columns[good]
    inside = (_shared(xyxy, truth.regions, of_first=True) > 0.5 + EPSILON).any(axis=1)
    low = xyxy[:, 3] - xyxy[:, 1] <= least_height_px + EPSILON if least_height_px else np.zeros(len(xyxy), np.bool_)
    kept: NDArray[np.bool_] = np.logical_not(inside | low)
    kept[columns] = truth.wanted[rows]
    return kept


def _shared(a: Float64Array, b: Float64Array, *, of_first: bool = False) -> Float64Array:
    """IoU of every pair of boxes (n, 4) and (m, 4), or the share of the first one's area, (n, m)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    area, other = (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None], (b[:, 2:] - b[:, :2]).prod(axis=1)
    whole = np.broadcast_to(area, both.shape) if of_first else area + other - both
    shared: Float64Array = np.divide(both, whole, out=np.zeros_like(both), where=whole > EPSILON)
    return shared


def _kitti_frame(boxes: Sequence[KittiBox]) -> TrueFrame:
    cars = [box for box in boxes if box.kind in ("Car", "Van", "Car_2")]
    regions = [box for box in boxes if box.kind == "DontCare"]
    wanted = [
        box.kind != "Van" and box.occluded <= KITTI_MOST_HIDDEN and box.truncated <= KITTI_MOST_CUT for box in cars
    ]
    return TrueFrame(
        np.array([box.track for box in cars], np.int64), _xyxy(cars), np.array(wanted, np.bool_), _xyxy(regions)
    )


def _xyxy(boxes: Sequence[KittiBox]) -> Float64Array:
    return np.array([box.xyxy for box in boxes], np.float64).reshape(-1, 4)


def _mot_frame(rows: Table) -> TrueFrame:
    xyxy = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
    return TrueFrame(rows[:, 1].astype(np.int64), xyxy, rows[:, 6] != 0, np.zeros((0, 4)))


def _detections(table: Table, frames: int, first: int, logits: Logits | None) -> tuple[Detections, ...]:
    """From rows of frame, box and score; with frames that count from 1 boxes are corner and size."""
    scores = table[:, 5]
    if len(scores) and (scores.min() < 0 or scores.max() > 1):
        scale = logits or Logits()
        scores = 1 / (1 + np.exp(-(scores - scale.middle) / scale.spread))
    xyxy = table[:, 1:5].copy()
    if first:
        xyxy[:, 2:] += xyxy[:, :2]
    return tuple(_of_frame(xyxy[rows], scores[rows]) for rows in (table[:, 0] == first + i for i in range(frames)))


def _of_frame(xyxy: Float64Array, scores: Float64Array) -> Detections:
    return Detections(xyxy.astype(np.float32), scores.astype(np.float32), np.zeros(len(scores), np.int64))


def _beside(label: Path, detections: Path) -> Path:
    stem = label.name.split(".")[0]
    for path in (detections / f"{stem}.txt", detections / f"{stem}.txt.gz"):
        if path.is_file():
            return path
    raise ConfigError(f"expected the detections of {stem} in {detections} ({stem}.txt or .txt.gz), found none")
