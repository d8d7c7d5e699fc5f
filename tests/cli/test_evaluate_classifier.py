"""`traffic evaluate classifier` on painted vehicles and a model that knows red from blue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.project import Traffic
from tests.evaluation.linear_models import write_colour_classifier
from tests.evaluation.painted_vehicles import write_vehicles


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_colour_classifier(tmp_path)


def test_two_tables_for_people(traffic: Traffic, tmp_path: Path, model: Path) -> None:
    answer = traffic("evaluate", "classifier", write_vehicles(tmp_path), "--model", model)

    assert answer.code == 0
    assert "types of 3 vehicles: 66.7 % right" in answer.out
    assert "colours of 3 vehicles: 66.7 % right" in answer.out


def test_json_for_programs_and_a_report(traffic: Traffic, tmp_path: Path, model: Path) -> None:
    vehicles = write_vehicles(tmp_path)
    vehicles.write_text(
        "image,x1,y1,x2,y2,type,colour,split\nroad.png,0,0,50,50,bus,red,held_out\nroad.png,0,0,50,50,car,red,train\n"
    )
    answer = traffic(
        *("evaluate", "classifier", vehicles, "--model", model, "--images", tmp_path),
        *("--report", tmp_path / "report", "--json"),
    )

    told = json.loads(answer.out)
    assert (told["vehicles"], told["left_out"], told["type"]["accuracy"]) == (1, 1, 1)
    assert json.loads((tmp_path / "report" / "classifier.json").read_text()) == told
    assert "Wrong types: 0" in (tmp_path / "report" / "classifier.html").read_text()


@pytest.mark.parametrize(
    ("line", "arguments", "code", "expected"),
    [
        ("road.png,0,0,50,50,tank,red", [], 2, "vehicles.csv:6: type: expected one of car, bus or nothing"),
        ("road.png,0,0,50,50,bus", [], 2, "vehicles.csv:6: expected 7 fields"),
        ("", ["--images", "nowhere"], 2, "--images FOLDER"),
        ("", ["--model", "nowhere.yaml"], 1, "expected a model card at nowhere.yaml"),
    ],
)
def test_what_is_wrong_is_said(
    traffic: Traffic, tmp_path: Path, model: Path, line: str, arguments: list[str], code: int, expected: str
) -> None:
    answer = traffic("evaluate", "classifier", write_vehicles(tmp_path, line), "--model", model, *arguments)

    assert answer.code == code
    assert expected in " ".join(answer.err.split())
