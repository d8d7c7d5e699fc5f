"""`traffic evaluate plates` on one photo, with models that always say the same."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.project import Traffic
from tests.evaluation.linear_models import write_constant_detector, write_constant_locator, write_constant_reader

DETECTOR = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


@pytest.fixture
def models(tmp_path: Path) -> list[object]:
    """The locator sees 20..40 x 30..36 of its 64 pixels in the photo as a whole; the reader reads AB12."""
    return [
        *("--detector", write_constant_detector(tmp_path, ["car"], [])),
        *("--locator", write_constant_locator(tmp_path, [20, 30, 40, 30, 40, 36, 20, 36])),
        *("--reader", write_constant_reader(tmp_path, "AB12")),
    ]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A plate where the locator sees it, and another one."""
    cv2.imwrite(str(tmp_path / "a.png"), np.full((128, 128, 3), 90, np.uint8))
    path = tmp_path / "photos.csv"
    path.write_text("image,x1,y1,x2,y2,text\na.png,40,60,80,72,AB12\na.png,90,90,120,100,AB13\n")
    return path


def test_a_table_for_people(traffic: Traffic, photos: Path, models: list[object]) -> None:
    answer = traffic("evaluate", "plates", photos, *models)

    assert answer.code == 0
    assert "1 photos, 2 plates" in answer.out
    assert "50.0" in answer.out


def test_json_for_programs_and_a_report(traffic: Traffic, photos: Path, models: list[object], tmp_path: Path) -> None:
    answer = traffic(
        *("evaluate", "plates", photos, *models, "--images", tmp_path, "--search", "picture"),
        *("--report", tmp_path / "report", "--json"),
    )

    told = json.loads(answer.out)
    (ours,) = told["systems"]
    assert (told["photos"], told["plates"], told["search"]) == (1, 2, "picture")
    assert (ours["located"], ours["given"]["exact"], ours["found"]["exact"]) == (0.5, 0.5, 0.5)
    assert ours["given"]["character_error_rate"] == 1 / 8
    assert json.loads((tmp_path / "report" / "plates.json").read_text()) == told
    assert "Not located: 1" in (tmp_path / "report" / "plates.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--search", "everywhere"], 2, "everywhere"),
        (["--peers", "nowhere"], 2, "expected a peer's model at nowhere"),
        (["--images", "nowhere"], 2, "--images FOLDER"),
        (["--locator", "nowhere.yaml"], 1, "expected a model card at nowhere.yaml"),
        (["--reader", DETECTOR], 1, "is not the card of a plate-reading model, but of a vehicle-detection model"),
        (["--report", __file__], 2, "is a file"),
    ],
)
def test_what_is_wrong_is_said(
    traffic: Traffic, photos: Path, models: list[object], arguments: list[str], code: int, expected: str
) -> None:
    answer = traffic("evaluate", "plates", photos, *models, *arguments)

    assert answer.code == code
    assert expected in " ".join(answer.err.split())
    assert "validation error" not in answer.err
