"""`traffic bench models`: what it prints. How it counts is tried in tests/benchmark."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.project import Traffic
from tests.evaluation.linear_models import write_colour_classifier
from traffic.benchmark.model_costs import EngineCall, ModelCost
from traffic.cli.bench_models import show


def test_the_table_has_a_row_for_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    calls = (EngineCall("OpenVINO f32", 6.34, 12.5), EngineCall("ONNX Runtime f32", 16.0, 31.0))
    show([ModelCost("vehicle_detector", (640, 384), 890_000, 1436.2, calls)], threads=2)

    out = capsys.readouterr().out
    (row,) = [line for line in out.splitlines() if "vehicle_detector" in line]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        *("vehicle_detector", "640x384", "0.89", "1,436"),
        *("6.3", "16.0"),
    ]
    assert "A picture, 2 threads" in out


def test_a_card_as_json(traffic: Traffic, tmp_path: Path) -> None:
    answer = traffic("bench", "models", write_colour_classifier(tmp_path), "--calls", 2, "--threads", 1, "--json")

    (told,) = json.loads(answer.out)
    assert (told["name"], told["input_size"], told["parameters"]) == ("classifier", [32, 32], 16)
    assert {call["engine"] for call in told["calls"]} >= {"OpenVINO f32", "ONNX Runtime f32"}


def test_without_onnx_it_is_said_what_to_install(traffic: Traffic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    for module in ("traffic.benchmark.model_costs", "traffic.benchmark.frame_work"):
        monkeypatch.delitem(sys.modules, module, raising=False)

    answer = traffic("bench", "models")

    assert (answer.code, answer.out) == (1, "")
    assert "onnx is not installed" in answer.err
    assert "pip install 'traffic[bench]'" in answer.err


def test_a_folder_without_models(traffic: Traffic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    answer = traffic("bench", "models")

    assert (answer.code, answer.out) == (1, "")
    assert "expected model cards" in answer.err
