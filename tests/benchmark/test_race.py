"""The whole race on a few frames: what is asserted is its shape and its arithmetic, never a time."""

from __future__ import annotations

import sys
from itertools import groupby
from statistics import median

import pytest

from traffic.benchmark.race import NEEDED, run_race
from traffic.config import Config
from traffic.errors import ConfigError
from traffic.video.source import RtspSource


@pytest.fixture(scope="module")
def small(config: Config) -> Config:
    """The same at a quarter of the network's input, to be done sooner."""
    return config.model_copy(update={"cameras": (config.cameras[0].model_copy(update={"input_size": (320, 192)}),)})


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)


def test_both_sides_see_the_same_frames_and_the_ratios_are_those_of_the_times(small, tmp_path):
    pytest.importorskip("trackers", reason='trackers is not installed: pip install "traffic[bench]"')
    told: list[str] = []

    report = run_race(small, tmp_path, 1, told.append)

    laps = {name: list(rows) for name, rows in groupby(report.laps, lambda lap: lap.program)}
    plain = [name for name in laps if name.startswith("plain loop")]
    assert [name for name in laps if name not in plain] == ["traffic run", "traffic run --synchronous"]
    assert {lap.frames for lap in report.laps} == {5}
    assert all([lap.round for lap in rows] == [1] for rows in laps.values())
    boxes = {name: rows[0].tracked_boxes for name, rows in laps.items()}
    assert boxes["traffic run"] == boxes["traffic run --synchronous"] > 0
    assert all(abs(boxes[name] - boxes["traffic run"]) <= 0.25 * boxes["traffic run"] for name in plain), boxes
    assert [comparison.against for comparison in report.comparisons] == plain
    for comparison in report.comparisons:
        pairs = list(zip(laps["traffic run"], laps[comparison.against], strict=True))
        assert comparison.wall_ratios == pytest.approx([theirs.wall_ms / ours.wall_ms for ours, theirs in pairs])
        assert comparison.cpu_ratios == pytest.approx([theirs.cpu_ms / ours.cpu_ms for ours, theirs in pairs])
        assert comparison.wall_ratio == median(comparison.wall_ratios)
    stages = {program: [row.stage for row in rows] for program, rows in groupby(report.stages, lambda row: row.program)}
    assert stages["traffic run --synchronous"] == ["capture", "detect", "track", "identify", "judge", "record"]
    assert all(stages[name] == ["capture", "detect", "track", "record"] for name in plain)
    assert (report.width, report.height, report.missing) == (1280, 720, ())
    assert told[-1] == "the network alone"


@pytest.mark.parametrize("package", ["trackers", "onnxruntime"])
def test_without_a_package_of_the_plain_loop_the_rest_is_measured(small, tmp_path, monkeypatch, package):
    without(monkeypatch, package, "onnx")

    report = run_race(small, tmp_path, 1, lambda _: None)

    assert {lap.program for lap in report.laps} == {"traffic run", "traffic run --synchronous"}
    assert report.comparisons == ()
    assert {row.program for row in report.stages} == {"traffic run --synchronous"}
    assert "OpenVINO f32" in {each.engine for each in report.engines}
    line = next(line for line in report.missing if line.startswith(package))
    assert line == f'{package} is not installed, so {NEEDED[package]}: pip install "traffic[bench]"'


def test_without_openvino_our_chain_runs_on_onnx_runtime(small, tmp_path, monkeypatch):
    without(monkeypatch, "openvino", "trackers")

    report = run_race(small, tmp_path, 1, lambda _: None)

    assert {lap.frames for lap in report.laps} == {5}
    assert {each.engine.split(",")[0] for each in report.engines} == {"ONNX Runtime f32"}
    assert any(line.endswith('pip install "traffic[openvino]"') for line in report.missing)


def test_a_camera_that_plays_no_file_is_refused(config, tmp_path):
    live = config.cameras[0].model_copy(update={"source": RtspSource(kind="rtsp", url="rtsp://127.0.0.1/road")})

    with pytest.raises(ConfigError, match="expected a camera that plays a file, got kind rtsp"):
        run_race(config.model_copy(update={"cameras": (live,)}), tmp_path, 1, lambda _: None)
