from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack
from datetime import datetime, timezone

import numpy as np
import pytest

from traffic.datatypes import Frame
from traffic.errors import SourceError
from traffic.models import build_detector
from traffic.tracking.settings import TrackerSettings

plain_loop = pytest.importorskip(
    "traffic.benchmark.plain_loop", reason='pip install "traffic[bench]"', exc_type=ModuleNotFoundError
)


@pytest.fixture
def loop(clip, model, tmp_path):
    return plain_loop.PlainLoop("plain", clip, model, tmp_path, (320, 192), 0.1, 0.65, TrackerSettings())


def iou(a, b):
    overlap = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return overlap / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - overlap)


def test_on_a_frame_it_finds_what_we_find(config, model, pictures):
    frame = Frame("clip", "recording", 0, 0, datetime.now(timezone.utc), pictures[0].copy())
    with ExitStack() as stack:
        ours = build_detector(config, stack).detect([frame])[0]
    xyxy, scores, _ = plain_loop.PlainDetector(model, (640, 384), 0.1, 0.65).detect(pictures[0])

    sure = ours.xyxy[ours.scores >= 0.3]
    assert len(sure) >= 3
    assert len(sure) == (scores >= 0.3).sum()
    assert all(max(iou(box, other) for other in xyxy) >= 0.9 for box in sure)


def test_a_row_a_frame_and_vehicles_in_them(loop, tmp_path):
    lap = loop.run()

    rows = sqlite3.connect(tmp_path / "plain.db").execute("SELECT number, tracks FROM frame").fetchall()
    assert [number for number, _ in rows] == list(range(5))
    assert lap.frames == 5
    assert lap.tracked_boxes == sum(len(json.loads(tracks)) for _, tracks in rows) > 0
    assert list(lap.stage_s) == ["capture", "detect", "track", "record"]
    assert sum(lap.stage_s.values()) <= lap.wall_s


def test_a_second_run_begins_a_new_database(loop, tmp_path):
    loop.run()

    assert loop.run(limit=3).frames == 3
    assert sqlite3.connect(tmp_path / "plain.db").execute("SELECT count(*) FROM frame").fetchone() == (3,)


def test_a_file_that_opencv_cannot_read_is_told(loop, tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"no video")
    unreadable = plain_loop.PlainLoop(
        "plain", tmp_path / "no.mp4", loop.model, tmp_path, (64, 64), 0.1, 0.65, TrackerSettings()
    )

    with pytest.raises(SourceError, match=r"no\.mp4: expected a video that OpenCV reads"):
        unreadable.run()
