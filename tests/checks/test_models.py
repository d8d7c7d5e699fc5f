"""What a check of the models finds, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.files import write_model
from traffic.checks.models import check_backend, check_further_model, check_model
from traffic.detection.detector import DetectorSettings
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import ClassifierCard


def model(folder: Path, classes: list[str]) -> DetectorSettings:
    return DetectorSettings(model=write_model(folder, name="a", classes=classes))


def test_a_model_as_released(tmp_path: Path) -> None:
    assert check_model(model(tmp_path, ["car", "bus"])).level == "ok"


def test_a_model_of_other_things(tmp_path: Path) -> None:
    result = check_model(model(tmp_path, ["car", "giraffe"]))

    assert result.level == "error"
    assert "got giraffe" in result.message


@pytest.mark.parametrize("damage", ["card", "file", "bytes"])
def test_a_model_that_is_not_whole(tmp_path: Path, damage: str) -> None:
    settings = model(tmp_path, ["car"])
    if damage == "bytes":
        (tmp_path / "a.onnx").write_bytes(b"onyx")
    else:
        (tmp_path / ("a.yaml" if damage == "card" else "a.onnx")).unlink()

    result = check_model(settings)

    assert result.level == "error"
    assert result.remedy


@pytest.mark.parametrize(
    ("card", "level", "message"),
    [
        (None, "ok", "none configured"),
        (Path("engines/vehicle_detector.yaml"), "error", "is not the card of a vehicle-classification model"),
        (Path("engines/nowhere.yaml"), "error", "expected a model card"),
    ],
    ids=["none", "of another task", "not there"],
)
def test_a_model_that_a_run_can_do_without(card: Path | None, level: str, message: str) -> None:
    result = check_further_model("types and colours", card, ClassifierCard)

    assert result.level == level
    assert message in result.message


def test_a_backend_that_is_installed() -> None:
    assert check_backend(InferenceSettings(backend="onnxruntime")).level == "ok"


def test_a_backend_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    result = check_backend(InferenceSettings(backend="onnxruntime"))

    assert (result.level, result.remedy) == ("error", "pip install 'traffic[onnx]'")
