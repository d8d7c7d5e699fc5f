"""`traffic models list`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.files import write_model
from tests.cli.project import Traffic


def test_a_model_with_what_it_is_and_was_measured_on(traffic: Traffic, tmp_path: Path) -> None:
    write_model(tmp_path, classes=["car", "bus"])

    answer = traffic("models", "list", "--folder", tmp_path)

    assert (answer.code, answer.err) == (0, "")
    for part in ("vehicle_detector", "vehicle-detection", "car, bus", "640x384", "whole", "AP50 0.500", "held-out"):
        assert part in answer.out


def test_an_altered_file_fails_and_the_others_are_still_listed(traffic: Traffic, tmp_path: Path) -> None:
    write_model(tmp_path, classes=["car"], name="altered")
    (tmp_path / "altered.onnx").write_bytes(b"other bytes")
    write_model(tmp_path, classes=["car"], name="whole")

    answer = traffic("models", "list", "--folder", tmp_path, "--json")

    altered, whole = map(json.loads, answer.out.splitlines())
    assert answer.code == 1
    assert "expected sha256" in altered["problem"]
    assert (whole["problem"], whole["size_bytes"]) == ("", 4)
    assert "altered.onnx" in answer.err


def test_a_missing_file_and_a_card_that_is_none(traffic: Traffic, tmp_path: Path) -> None:
    write_model(tmp_path, classes=["car"], name="missing").with_suffix(".onnx").unlink()
    (tmp_path / "note.yaml").write_text("just a note")

    answer = traffic("models", "list", "--folder", tmp_path)

    assert answer.code == 1
    assert answer.out.count("NOT AS RELEASED") == 2
    assert "no such file" in answer.err
    assert "not a model card" in answer.err


def test_no_models_at_all(traffic: Traffic, tmp_path: Path) -> None:
    answer = traffic("models", "list", "--folder", tmp_path)

    assert (answer.code, answer.out) == (1, "")
    assert "--folder" in answer.err
