"""`traffic evaluate tracker` on a small folder of each layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.project import Traffic


@pytest.fixture
def mot(tmp_path: Path) -> Path:
    """A car that drives for forty frames, and its perfect detections."""
    sequence = tmp_path / "sequences" / "crossing"
    for kind, name in (("gt", "7,{x},50,100,60,1,1,1"), ("det", "-1,{x},50,100,60,0.9")):
        (sequence / kind).mkdir(parents=True)
        lines = [f"{frame},{name.format(x=5 * frame)}" for frame in range(1, 41)]
        (sequence / kind / f"{kind}.txt").write_text("\n".join(lines))
    return tmp_path / "sequences"


@pytest.fixture
def kitti(tmp_path: Path) -> Path:
    """The same as KITTI labels."""
    for folder in ("gt", "found"):
        (tmp_path / "kitti" / folder).mkdir(parents=True)
    rows = [(frame, 5 * frame) for frame in range(40)]
    labels = "".join(f"{i} 0 Car 0 0 -10 {x} 50 {x + 100} 110 -1 -1 -1 -1 -1 -1 -1\n" for i, x in rows)
    found = "".join(f"{i},{x},50,{x + 100},110,6.0\n" for i, x in rows)
    (tmp_path / "kitti" / "gt" / "0000.txt").write_text(labels)
    (tmp_path / "kitti" / "found" / "0000.txt").write_text(found)
    return tmp_path / "kitti"


def test_a_mot_folder_as_a_table(traffic: Traffic, mot: Path) -> None:
    answer = traffic("evaluate", "tracker", mot)

    assert answer.code == 0
    assert "HOTA" in answer.out
    assert "40 frames" in answer.out


def test_a_kitti_folder_as_json_at_two_rates(traffic: Traffic, kitti: Path) -> None:
    answer = traffic(
        *("evaluate", "tracker", kitti, "--detections", kitti / "found", "--every", 1, "--every", 2),
        *("--logit-middle", 2, "--logit-spread", 2, "--json"),
    )

    full, half = json.loads(answer.out)
    assert (full["fps"], half["fps"], half["frames"]) == (10.0, 5.0, 20)
    assert full["scores"]["switches"] == 0
    assert full["scores"]["misses"] == 1
    assert full["scores"]["idf1"] > 0.98


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "--detections"),
        (["--detections", "nowhere"], "expected"),
        (["--format", "mot"], "NAME/gt/gt.txt"),
    ],
)
def test_what_is_missing_is_said(traffic: Traffic, kitti: Path, arguments: list[str], expected: str) -> None:
    answer = traffic("evaluate", "tracker", kitti, *arguments)

    assert answer.code != 0
    assert expected in answer.err


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("nowhere", "expected a folder of sequences, there is no"),
        ("sequences/crossing/det", "NAME.txt, in gt/ or label_02/"),
        ("empty", "found neither"),
        ("sequences/crossing", "name the folder above it"),
    ],
)
def test_what_is_not_there_is_said_before_any_option_is_asked_for(
    traffic: Traffic, mot: Path, folder: str, expected: str
) -> None:
    (mot.parent / "empty").mkdir()
    (mot / "crossing" / "det" / "det.txt").rename(mot / "crossing" / "det" / "det.csv")

    answer = traffic("evaluate", "tracker", mot.parent / folder)

    assert (answer.code, answer.out) == (2, "")
    assert expected in " ".join(answer.err.split())
    assert "--detections" not in answer.err


def test_a_bad_line_is_told_in_one_line(traffic: Traffic, mot: Path) -> None:
    truth = mot / "crossing" / "gt" / "gt.txt"
    truth.write_text("1,7,5,50,100,60,1\n2,7,nought,50,100,60,1\n")

    answer = traffic("evaluate", "tracker", mot)

    assert answer.code == 2
    assert f"error: {truth}:2: expected x as a number, got 'nought'" in answer.err


def test_the_report_is_a_page_and_the_same_figures_as_json(traffic: Traffic, mot: Path, tmp_path: Path) -> None:
    answer = traffic("evaluate", "tracker", mot, "--every", 1, "--every", 5, "--report", tmp_path / "report", "--json")

    written = json.loads((tmp_path / "report" / "tracker.json").read_text())
    assert written == json.loads(answer.out)
    page = (tmp_path / "report" / "tracker.html").read_text()
    assert "Over the frame rate" in page
    assert "crossing" in page
