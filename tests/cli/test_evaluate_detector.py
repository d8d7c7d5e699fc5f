"""`traffic evaluate detector` on two pictures and a model that sees the same car in each."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.project import Traffic
from tests.evaluation.linear_models import write_constant_detector

pytest.importorskip("faster_coco_eval", reason="faster-coco-eval is not here: pip install 'traffic[evaluation]'")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_constant_detector(tmp_path, ["car", "bus"], [((16.0, 16.0, 48.0, 48.0), "car", 0.8)])


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    """A car where the model sees it, and a bus with a person beside it where the model sees a car."""
    folder = tmp_path / "junction"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for name, label in (("a", "0 0.5 0.5 0.5 0.5\n"), ("b", "1 0.5 0.5 0.5 0.5\n2 0.1 0.1 0.1 0.1\n")):
        cv2.imwrite(str(folder / "images" / f"{name}.png"), np.full((64, 64, 3), 90, np.uint8))
        (folder / "labels" / f"{name}.txt").write_text(label)
    (folder / "data.yaml").write_text("names: [auto, bus, person]")
    return folder


def test_a_table_for_people(traffic: Traffic, yolo: Path, model: Path) -> None:
    answer = traffic("evaluate", "detector", yolo, "--model", model, "--as", "auto=car")

    assert answer.code == 0
    assert "/junction: 2 pictures, input 64x64, IoU 0.5, score 0.3" in answer.out
    assert "all vehicles as one class" in answer.out
    assert "Left out, no vehicles: 1 person" in answer.err


def test_json_for_programs_and_a_report_with_the_peer(
    traffic: Traffic, yolo: Path, model: Path, tmp_path: Path
) -> None:
    answer = traffic(
        *("evaluate", "detector", yolo, "--model", model, "--as", "auto=car,van", "--peer", f"twin={model}"),
        *("--size", "64x32", "--iou", "0.6", "--score", "0.9", "--report", tmp_path / "report", "--json"),
    )

    told = json.loads(answer.out)
    assert (told["input_size"], told["iou"], told["score"]) == ([64, 32], 0.6, 0.9)
    assert [each["name"] for each in told["models"]] == ["detector", "twin"]
    assert [each["label"] for each in told["models"][0]["classes"]] == ["car or van", "bus"]
    assert json.loads((tmp_path / "report" / "detector.json").read_text()) == told
    assert "Missed vehicles: 2" in (tmp_path / "report" / "detector.html").read_text()


def test_a_picture_that_nobody_labelled_counts_as_empty_and_is_told(
    traffic: Traffic, yolo: Path, model: Path, tmp_path: Path
) -> None:
    (yolo / "labels" / "b.txt").unlink()

    command = ("evaluate", "detector", yolo, "--model", model, "--as", "auto=car", "--report", tmp_path / "report")

    assert "2 pictures, 1 without a label file: counted as empty." in traffic(*command).err
    assert json.loads((tmp_path / "report" / "detector.json").read_text())["without_labels"] == 1
    page = (tmp_path / "report" / "detector.html").read_text()
    assert "2 pictures (1 without a label file: counted as empty), 1 vehicles" in page


@pytest.mark.parametrize("line", ["0 .5 .5 0 0", "0 1.009 .5 .01 .2"], ids=["without an area", "beside the picture"])
def test_a_box_that_cannot_be_is_refused_with_its_line(traffic: Traffic, yolo: Path, model: Path, line: str) -> None:
    (yolo / "labels" / "a.txt").write_text(f"{line}\n")

    answer = traffic("evaluate", "detector", yolo, "--model", model, "--as", "auto=car")

    assert (answer.code, answer.out) == (2, "")
    assert "labels/a.txt:1: expected a box" in " ".join(answer.err.split())


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--size", "60x60"], 2, "WIDTHxHEIGHT in multiples of 32"),
        (["--size", "big"], 2, "WIDTHxHEIGHT"),
        (["--iou", "0.3"], 2, "equal to 0.5"),
        (["--as", "auto"], 2, "expected NAME=CLASS"),
        (["--peer", "x=nowhere.onnx"], 2, "--peer: expected NAME=FILE"),
        (["--set", "moon"], 2, "--set: expected one of"),
        (["--images", "."], 2, "--images is for COCO files"),
        (["--set", "overbridge"], 2, "--set overbridge: expected pictures in"),
        (["--set", "overbridge", "--as", "auto=car"], 2, "expected --set alone, got --as as well"),
        (["--set", "overbridge", "--images", "."], 2, "expected --set alone, got --images as well"),
        (["--set", "overbridge", "--format", "yolo"], 2, "expected --set alone, got --format as well"),
        (["--report", __file__], 2, "is a file"),
        (["--format", "coco"], 2, "cannot read it"),
        (["--model", "nowhere.yaml"], 1, "expected a model card at nowhere.yaml"),
    ],
)
def test_what_is_wrong_is_said(
    traffic: Traffic, yolo: Path, model: Path, arguments: list[str], code: int, expected: str
) -> None:
    answer = traffic("evaluate", "detector", yolo, "--model", model, *arguments)

    assert answer.code == code
    assert expected in " ".join(answer.err.split())
    assert answer.out == ""
