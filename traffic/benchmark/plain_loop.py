"""The program to hold ours against: the loop that one writes with the usual libraries, and writes well.

OpenCV reads the video, ONNX Runtime runs the same weights at the same input size on every core, `trackers` follows,
SQLite takes a row a frame. Before and after the network it does what the YOLOX demonstration does (Ge et al.,
arXiv:2107.08430), with its buffers and grid made once, and with OpenCV's suppression instead of a Python loop.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import supervision
from trackers import ByteTrackTracker

from traffic.benchmark.lap import Lap, Stopwatch
from traffic.datatypes import Float32Array, Int64Array, UInt8Array
from traffic.errors import SourceError
from traffic.tracking.settings import TrackerSettings

PAD_VALUE = 114
STRIDES = (8, 16, 32)
TRACKER_BUFFER_FPS = 30
"""`trackers` counts its buffer of lost tracks in frames at this rate."""
Row = tuple[int, int, list[float]]
"""A tracked vehicle: its id, class column and xyxy."""


class PlainDetector:
    """YOLOX on ONNX Runtime.

    Args:
        model: the ONNX file; one input (1, 3, h, w), one undecoded output (1, a, 5 + c).
        input_size: width and height of the input.
        minimum_score, maximum_iou: as the detection stage's.
    """

    def __init__(self, model: Path, input_size: tuple[int, int], minimum_score: float, maximum_iou: float) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input_name = self._session.get_inputs()[0].name
        self._minimum_score, self._maximum_iou = minimum_score, maximum_iou
        width, height = input_size
        self._canvas = np.full((height, width, 3), PAD_VALUE, np.uint8)
        self._planes = np.empty((1, 3, height, width), np.float32)
        grids = [np.mgrid[: height // stride, : width // stride].reshape(2, -1)[::-1].T for stride in STRIDES]
        self._cells = np.concatenate(grids).astype(np.float32)
        self._strides = np.repeat(STRIDES, [len(grid) for grid in grids])[:, None].astype(np.float32)

    def detect(self, image: UInt8Array) -> tuple[Float32Array, Float32Array, Int64Array]:
        """The boxes xyxy (n, 4) in pixels of `image`, their scores (n,) and their class columns (n,)."""
        scale = self._fill_input(image)
        output: Float32Array = self._session.run(None, {self._input_name: self._planes})[0][0]
        scores = output[:, 4:5] * output[:, 5:]
        columns = scores.argmax(axis=1)
        best = scores[np.arange(len(scores)), columns]
        rows = np.flatnonzero(best >= self._minimum_score)
        centres = (output[rows, :2] + self._cells[rows]) * self._strides[rows]
        sizes = np.exp(output[rows, 2:4]) * self._strides[rows]
        corners = centres - sizes / 2
        kept = self._suppress(np.hstack([corners, sizes]), best[rows])
        boxes = np.hstack([corners[kept], corners[kept] + sizes[kept]])
        return (boxes / scale).astype(np.float32), best[rows][kept], columns[rows][kept]

    def _fill_input(self, image: UInt8Array) -> float:
        height, width = self._canvas.shape[:2]
        scale = min(height / image.shape[0], width / image.shape[1])
        resized = int(image.shape[1] * scale), int(image.shape[0] * scale)
        cv2.resize(image, resized, dst=self._canvas[: resized[1], : resized[0]], interpolation=cv2.INTER_LINEAR)
        np.copyto(self._planes[0], self._canvas.transpose(2, 0, 1))
        return float(scale)

    def _suppress(self, xywh: Float32Array, scores: Float32Array) -> Int64Array:
        kept = cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), self._minimum_score, self._maximum_iou)
        return np.asarray(kept, np.int64).ravel()


@dataclass(frozen=True)
class PlainLoop:
    """The loop as a program of the race.

    Attributes:
        name: as it is called in the tables.
        video: the file to go through.
        model: the ONNX file.
        folder: where the database goes; a new one for each run.
        input_size: of the network.
        minimum_score, maximum_iou: of the detector.
        tracking: the thresholds that both trackers know.
    """

    name: str
    video: Path
    model: Path
    folder: Path
    input_size: tuple[int, int]
    minimum_score: float
    maximum_iou: float
    tracking: TrackerSettings

    def run(self, limit: int | None = None) -> Lap:
        """See Program.run."""
        detector = PlainDetector(self.model, self.input_size, self.minimum_score, self.maximum_iou)
        tracked = frames = 0
        with closing(_open_database(self.folder)) as database:
            watch = Stopwatch()
            capture = cv2.VideoCapture(str(self.video))
            if not capture.isOpened():
                raise SourceError(f"{self.video}: expected a video that OpenCV reads", remedy="convert it with ffmpeg")
            tracker = self._tracker(capture.get(cv2.CAP_PROP_FPS))
            for frames in count():
                with watch.stage("capture"):
                    delivered, image = capture.read()
                if not delivered or frames == limit:
                    break
                with watch.stage("detect"):
                    xyxy, scores, columns = detector.detect(np.asarray(image, np.uint8))
                with watch.stage("track"):
                    found = tracker.update(supervision.Detections(xyxy, confidence=scores, class_id=columns))
                    tracks = _tracked(found)
                with watch.stage("record"):
                    _insert(database, frames, tracks)
                tracked += len(tracks)
            capture.release()
            wall_s, cpu_s = watch.elapsed_s()
        return Lap(frames, tracked, wall_s, cpu_s, watch.stage_s)

    def _tracker(self, fps: float) -> ByteTrackTracker:
        return ByteTrackTracker(
            lost_track_buffer=round(self.tracking.lost_after_s * TRACKER_BUFFER_FPS),
            frame_rate=fps,
            track_activation_threshold=self.tracking.new_track_score,
            minimum_consecutive_frames=self.tracking.confirm_after_matches,
            high_conf_det_threshold=self.tracking.high_score,
        )


def _open_database(folder: Path) -> sqlite3.Connection:
    path = folder / "plain.db"
    for old in folder.glob("plain.db*"):
        old.unlink()
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE frame (number INTEGER PRIMARY KEY, tracks TEXT NOT NULL)")
    return database


def _tracked(found: supervision.Detections) -> list[Row]:
    ids, class_ids = np.asarray(found.tracker_id), np.asarray(found.class_id)
    rows = np.flatnonzero(ids >= 0)
    return list(zip(ids[rows].tolist(), class_ids[rows].tolist(), found.xyxy[rows].tolist(), strict=True))


def _insert(database: sqlite3.Connection, number: int, tracks: list[Row]) -> None:
    with database:
        database.execute("INSERT INTO frame VALUES (?, ?)", (number, json.dumps(tracks)))
