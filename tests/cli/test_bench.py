"""`traffic bench`: what it prints. How it measures is tried in tests/benchmark."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.project import Traffic
from traffic.benchmark.engines import EngineTime
from traffic.benchmark.report import BenchReport, Comparison, LapRow, StageTime
from traffic.cli.bench import show

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
REPORT = BenchReport(
    video="road.mp4",
    width=1280,
    height=720,
    cores=2,
    laps=(
        LapRow("traffic run", 1, 100, 250, 100.0, 10.0, 12.0),
        LapRow("plain loop, Mish rewritten", 1, 100, 240, 25.0, 40.0, 48.0),
    ),
    comparisons=(Comparison("plain loop, Mish rewritten", (4.0,), (4.0,), 4.0, 4.0),),
    stages=(
        StageTime("traffic run --synchronous", "detect", 9.0, 0.9),
        StageTime("traffic run --synchronous", "judge", 1.0, 0.1),
        StageTime("plain loop, Mish rewritten", "detect", 36.0, 1.0),
    ),
    engines=(EngineTime("ONNX Runtime f32, Mish rewritten", 30.0, 60.0, 1.0), EngineTime("OpenVINO bf16", 6, 12, 5.0)),
    missing=(),
)


def lines_with(text: str, *parts: str) -> list[list[str]]:
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]
    return [row for row in cells if row and row[0] in parts]


@pytest.fixture
def without_onnxruntime(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("onnxruntime", "onnx", "trackers"):
        monkeypatch.setitem(sys.modules, package, None)


def test_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    show(REPORT)

    out = capsys.readouterr().out
    assert "100 frames of 1280x720, 2 cores" in out
    assert lines_with(out, "traffic run") == [["traffic run", "1", "100.00", "10.00", "12.00", "2.50"]]
    assert lines_with(out, "plain loop, Mish rewritten") == [
        ["plain loop, Mish rewritten", "1", "25.00", "40.00", "48.00", "2.40"],
        ["plain loop, Mish rewritten", "4.00", "4.00", "4.00", "4.00"],
    ]
    assert lines_with(out, "detect", "judge") == [["detect", "9.00 (90%)", "36.00 (100%)"], ["judge", "1.00 (10%)", ""]]
    assert lines_with(out, "OpenVINO bf16") == [["OpenVINO bf16", "6.00", "12.00", "5.00"]]


@pytest.mark.slow
def test_a_video_as_json_with_what_is_missing_and_how_to_get_it(
    traffic: Traffic, video: Path, without_onnxruntime: None
) -> None:
    answer = traffic("bench", "--video", video, "--model", CARD, "--rounds", 1, "--json")

    assert answer.code == 0
    report = json.loads(answer.out)
    assert [(lap["program"], lap["frames"]) for lap in report["laps"]] == [
        ("traffic run", 5),
        ("traffic run --synchronous", 5),
    ]
    assert report["video"] == str(video)
    assert 'trackers is not installed, so the plain loop is left out: pip install "traffic[bench]"' in answer.err
    assert report["missing"] == answer.err.splitlines()[-len(report["missing"]) :]


@pytest.mark.slow
def test_without_a_video_the_built_in_scene_is_filmed(traffic: Traffic, without_onnxruntime: None) -> None:
    answer = traffic("bench", "--seconds", 4, "--model", CARD, "--rounds", 1)

    assert answer.code == 0
    assert "filming 100 frames of the built-in scene" in answer.err
    assert "100 frames of 1920x1080" in answer.out


def test_a_video_that_is_not_there_is_told_at_once(traffic: Traffic, tmp_path: Path) -> None:
    answer = traffic("bench", "--video", tmp_path / "none.mp4", "--model", CARD)

    assert (answer.code, answer.out) == (1, "")
    assert "none.mp4" in answer.err


def test_the_roadside_never_loads_the_workshop() -> None:
    program = (
        "import sys; from traffic.cli.app import CommandsOnDemand; list(CommandsOnDemand().values());"
        "print([name for name in sys.modules if 'traffic.benchmark' in name])"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
