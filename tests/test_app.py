"""Runs put together from a config, on small real videos; whole scenes are in end_to_end/."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from traffic.app import Run
from traffic.config import Config, parse_config
from traffic.errors import StoreError
from traffic.video.writer import VideoWriter

ROOT = Path(__file__).parent.parent
CARD = ROOT / "engines" / "vehicle_detector.yaml"
FRAMES = 11


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "grey.mp4"
    with VideoWriter(path, (320, 192), 25.0, 1000) as writer:
        for index in range(FRAMES):
            writer.write(np.full((192, 320, 3), 90 + index, np.uint8), 40 * index)
    return path


def config_of(tmp_path: Path, *videos: Path, more: str = "") -> Config:
    cameras = "".join(
        f"  - {{id: camera-{n}, source: {{kind: file, path: {path}}}, input_size: [320, 192]}}\n"
        for n, path in enumerate(videos)
    )
    return parse_config(
        f"cameras:\n{cameras}detector: {{model: {CARD}}}\ninference: {{threads: 1, precision: f32}}\n"
        f"database: {{url: 'sqlite:///{tmp_path}/record.db'}}\nevidence: {{folder: {tmp_path}/evidence}}\n{more}",
        {},
    )


@pytest.mark.parametrize("synchronous", [True, False], ids=["synchronous", "asynchronous"])
def test_every_frame_of_every_camera_goes_through_the_chain(tmp_path, video, synchronous):
    with Run(config_of(tmp_path, video, video), threading.Event(), synchronous=synchronous) as run:
        indices = {"camera-0": [], "camera-1": []}
        for done in run:
            for frame in done.batch.frames:
                indices[frame.camera_id].append(frame.index)
        report = run.report()
    assert indices == {"camera-0": list(range(FRAMES)), "camera-1": list(range(FRAMES))}
    assert {name: camera.frames for name, camera in report.cameras.items()} == dict.fromkeys(indices, FRAMES)
    assert {camera.captured for camera in report.cameras.values()} == {FRAMES}
    assert (report.passages, report.violations, report.unsent_events) == (0, 0, None)
    assert set(report.stage_s) == {"detect", "track", "identify", "judge", "record"}


def test_lists_are_told_as_metrics(tmp_path, video):
    (tmp_path / "stolen.csv").write_text("A123BC77\nB001OP199\n")
    lists = f"lists: [{{name: stolen, kind: watch, file: {tmp_path}/stolen.csv}}]\n"
    with Run(config_of(tmp_path, video, more=lists), threading.Event(), synchronous=True) as run:
        list(run)
    value = run.metrics.registry.get_sample_value
    assert value("traffic_list_entries", {"list": "stolen"}) == 2


def test_a_missing_file_fails_its_camera_alone(tmp_path, video):
    with Run(config_of(tmp_path, tmp_path / "none.mp4", video), threading.Event()) as run:
        list(run)
        report = run.report()
    assert report.cameras["camera-0"].frames == 0
    assert "expected a video file" in (report.cameras["camera-0"].failure or "")
    assert (report.cameras["camera-1"].frames, report.cameras["camera-1"].failure) == (FRAMES, None)


def test_stop_ends_the_run(tmp_path, video):
    stop = threading.Event()
    with Run(config_of(tmp_path, video), stop) as run:
        stop.set()
        list(run)
    assert run.report().cameras["camera-0"].frames <= 1


def test_the_expected_frames_are_known_once_the_files_are_open(tmp_path, video):
    with Run(config_of(tmp_path, video), threading.Event()) as run:
        assert run.expected_frames() is None
        list(run)
        assert run.expected_frames() == FRAMES
        assert run.frames_per_second() > 0


def test_a_database_that_cannot_be_opened_ends_the_run_before_it_starts(tmp_path, video):
    (tmp_path / "record.db").write_text("this is no database, but it is long enough to be taken for one" * 10)
    with pytest.raises(StoreError, match="expected"), Run(config_of(tmp_path, video), threading.Event()):
        pass
