"""`traffic run` on a small real video."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from traffic.cli.app import app
from traffic.errors import ConfigError
from traffic.video.writer import VideoWriter

CARD = Path(__file__).parent.parent.parent / "engines" / "vehicle_detector.yaml"


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "grey.mp4"
    with VideoWriter(path, (320, 192), 25.0, 1000) as writer:
        for index in range(7):
            writer.write(np.full((192, 320, 3), 90, np.uint8), 40 * index)
    return path


@pytest.fixture
def config(tmp_path: Path, video: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"cameras:\n  - {{id: north, source: {{kind: file, path: {video.name}}}}}\n"
        f"detector: {{model: {CARD}}}\ninference: {{precision: f32}}\ntelemetry: {{log_level: error}}\n"
    )
    return path


def invoke(*arguments: object):
    return CliRunner().invoke(app, ["run", *(str(argument) for argument in arguments)])


def test_the_report_is_one_json_object_on_standard_output(config):
    result = invoke("--config", config, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["cameras"]["north"]["frames"] == 7
    assert (report["passages"], report["violations"]) == (0, 0)


def test_for_people_the_report_is_on_standard_error(config):
    result = invoke("--config", config, "--synchronous")
    assert result.stdout == ""
    assert "north: 7 frames" in result.stderr
    assert "0 passages, 0 violations recorded" in result.stderr


def test_a_video_of_ones_own_takes_the_place_of_the_cameras(config, video):
    report = json.loads(invoke(video, "--config", config, "--json").stdout)
    assert list(report["cameras"]) == ["clip"]
    assert report["cameras"]["clip"]["frames"] == 7


def test_the_preview_is_written(config, tmp_path):
    result = invoke("--config", config, "--preview", tmp_path / "out" / "preview.mp4")
    assert result.exit_code == 0
    assert (tmp_path / "out" / "preview.mp4").stat().st_size > 500


def test_the_development_broker_takes_the_events(config):
    result = invoke("--config", config, "--broker", "--json")
    assert "mqtt://127.0.0.1:" in result.stderr
    assert json.loads(result.stdout)["unsent_events"] == 0


def test_a_failed_camera_makes_the_exit_code_1_and_is_told(config, video):
    video.unlink()
    result = invoke("--config", config)
    assert result.exit_code == 1
    assert "expected a video file" in result.stderr


def test_without_a_config_the_way_out_is_told(tmp_path, video):
    result = invoke(video, "--config", tmp_path / "none.yaml")
    assert isinstance(result.exception, ConfigError)
    assert "--config" in str(result.exception)
