"""What passes the gate, by its figures and with real networks on the CPU."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from traffic.benchmark.engine_gate import (
    DRAWN,
    GateResult,
    check_pictures,
    gate,
    needs_gate,
    open_reference,
    over_engine,
    require_passed,
)
from traffic.benchmark.ladder import drawn_pictures
from traffic.errors import ConfigError, ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_any_card, load_model_card
from traffic.inference.onnx_engine import OnnxEngine

ENGINES = Path(__file__).parents[2] / "engines"
MODEL = ENGINES / "vehicle_detector.onnx"
CARD = load_model_card(MODEL.with_suffix(".yaml"), DetectorCard)
SIZE = (320, 192)
ONE_THREAD = InferenceSettings(backend="onnxruntime", threads=1)


@pytest.fixture(scope="module")
def pictures():
    drawn = drawn_pictures(6)
    return lambda: iter(drawn)


def rewritten(path, change):
    """The shipped detector with all its weights changed."""
    model = onnx.load(str(MODEL))
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor)), tensor.name))
    onnx.save(model, str(path))
    return path


def result_of(model, pictures):
    with (
        open_reference(MODEL, CARD.classes, SIZE) as reference,
        over_engine(OnnxEngine(model, SIZE, ONE_THREAD), CARD.classes, SIZE) as candidate,
    ):
        return gate(reference, candidate, pictures, CARD)


def test_weights_in_half_precision_pass(tmp_path, pictures):
    halved = rewritten(tmp_path / "halved.onnx", lambda w: w.astype(np.float16).astype(np.float32))
    result = result_of(halved, pictures)
    assert result.reference_ap > 0.2
    assert result.boxes == sum(picture.is_vehicle.sum() for picture in pictures())
    assert abs(result.loss) < 0.01
    require_passed(result, "f16")


def test_weights_of_a_few_steps_are_refused_with_both_figures(tmp_path, pictures):
    coarse = rewritten(tmp_path / "coarse.onnx", lambda w: np.round(w / (s := abs(w).max() / 3 or 1)).astype("f4") * s)
    result = result_of(coarse, pictures)
    assert result.candidate_ap < result.reference_ap / 2
    with pytest.raises(ModelError, match="not good enough and was not kept") as refused:
        require_passed(result, "int8")
    assert f"{result.reference_ap:.4f} in f32" in str(refused.value)
    assert f"got {result.candidate_ap:.4f}" in str(refused.value)


@pytest.mark.parametrize(
    ("in_f32", "lower", "allowed", "passes"),
    [
        (0.600, 0.600, 0.015, True),
        (0.600, 0.650, 0.015, True),
        (0.600, 0.590, 0.015, True),
        (0.600, 0.585, 0.015, True),
        (0.600, 0.584, 0.015, False),
        (0.600, 0.599, 0.0, False),
        (0.600, 0.600, 0.0, True),
        (0.600, 0.000, 0.015, False),
        (0.600, float("nan"), 0.015, False),
    ],
    ids=["same", "better", "less", "all that is allowed", "more", "none allowed", "none lost", "blind", "no number"],
)
def test_how_much_may_be_lost(in_f32, lower, allowed, passes):
    assert GateResult(in_f32, lower, allowed, boxes=100).passed == passes


def test_where_there_is_nothing_to_find_nothing_passes():
    empty = GateResult(float("nan"), float("nan"), 0.015, boxes=0)
    assert not empty.passed
    with pytest.raises(ModelError, match="expected labelled vehicles"):
        require_passed(empty, "f16")


@pytest.mark.parametrize(
    ("model", "precision", "needed"),
    [
        ("vehicle_detector", "f32", False),
        ("vehicle_detector", "f16", True),
        ("vehicle_detector_int8", "int8", True),
        ("plate_reader", "f16", False),
    ],
)
def test_detectors_in_lower_precision_are_checked(model, precision, needed):
    assert needs_gate(load_any_card(ENGINES / f"{model}.yaml"), precision) == needed


def test_a_card_may_say_how_much_may_be_lost():
    assert CARD.allowed_ap_loss == 0.015
    strict = CARD.model_validate({**CARD.model_dump(), "allowed_ap_loss": 0.002})
    assert strict.allowed_ap_loss == 0.002


def test_pictures_of_a_folder_and_drawn_ones(tmp_path):
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "images" / "road.png"), np.zeros((100, 200, 3), np.uint8))
    (tmp_path / "labels" / "road.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (tmp_path / "data.yaml").write_text("names: [car]\n")
    for _ in range(2):
        (picture,) = check_pictures(tmp_path)()
        np.testing.assert_allclose(picture.xyxy, [[80, 30, 120, 70]], atol=1e-4)
    assert DRAWN >= 30


def test_a_folder_without_pictures_is_told_at_once(tmp_path):
    with pytest.raises(ConfigError, match="expected pictures in"):
        check_pictures(tmp_path)
