"""Whether the shipped models are what every backend and every clone needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import Detections, UInt8Array
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.geometry import box_iou
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import (
    KINDS,
    DetectorCard,
    ModelCard,
    PersonDetectorCard,
    load_any_card,
    load_model_card,
)
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.simulation import training_sample

openvino = pytest.importorskip("openvino", reason="pip install 'traffic[openvino]'")
onnxruntime = pytest.importorskip("onnxruntime", reason="pip install 'traffic[onnx]'")

ENGINES = Path(__file__).parents[2] / "engines"
CARDS = sorted(ENGINES.glob("*.yaml"))
EXACT = InferenceSettings(precision="f32", threads=1)
MOST_BYTES, MOST_APART = 10_000_000, 1e-3
SURE, SAME_IOU = 0.6, 0.85
DRAWN = (2, 3)
"""Two drawn roads on which the detector is sure of some thirty vehicles of all five types."""


def is_rounded(card: ModelCard) -> bool:
    return isinstance(card, DetectorCard) and card.quantised_from is not None


FLOAT, ROUNDED = ([path for path in CARDS if is_rounded(load_any_card(path)) is side] for side in (False, True))


def pictures(size: tuple[int, int]) -> UInt8Array:
    """Two of noise and a drawn road, (3, h, w, 3), for an input (width, height)."""
    noise = np.random.default_rng(0).integers(0, 256, (2, size[1], size[0], 3), np.uint8)
    return np.concatenate([noise, cv2.resize(road(3), size, interpolation=cv2.INTER_AREA)[None]])


def quick_size(card: ModelCard) -> tuple[int, int]:
    """Detectors take any size; a small one is as good for this and far quicker."""
    return (192, 128) if isinstance(card, DetectorCard | PersonDetectorCard) else card.input.default_size


@cache
def road(seed: int) -> UInt8Array:
    return training_sample(seed)[0]


def test_there_is_a_model_for_every_task() -> None:
    assert {kind.model_fields["task"].annotation for kind in KINDS} == {
        type(load_any_card(path)).model_fields["task"].annotation for path in CARDS
    }
    assert ROUNDED
    assert len(FLOAT) >= len(KINDS)


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_shipped_model_is_small_enough_for_a_clone(path: Path) -> None:
    assert path.with_name(load_any_card(path).file).stat().st_size < MOST_BYTES


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_shipped_model_takes_one_picture_and_three(path: Path) -> None:
    card = load_any_card(path)
    model = path.with_name(card.file)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    planes = pictures(quick_size(card)).transpose(0, 3, 1, 2).astype(np.float32)
    (three,) = session.run(None, {card.input.name: planes})
    one_by_one = [session.run(None, {card.input.name: planes[row : row + 1]})[0] for row in range(3)]
    np.testing.assert_allclose(three, np.concatenate(one_by_one), rtol=0, atol=MOST_APART)
    assert openvino.Core().read_model(model).inputs[0].partial_shape[0].is_dynamic


@pytest.mark.parametrize("path", FLOAT, ids=lambda path: path.stem)
def test_a_shipped_model_answers_alike_in_both_backends(path: Path) -> None:
    card = load_any_card(path)
    size = quick_size(card)
    images = pictures(size)
    with OnnxEngine(path.with_name(card.file), size, EXACT) as engine:
        by_onnx_runtime = engine.infer(images)
    with OpenVinoEngine(path.with_name(card.file), size, EXACT) as engine:
        by_openvino = engine.infer(images)
    np.testing.assert_allclose(by_openvino, by_onnx_runtime, rtol=0, atol=MOST_APART)
    assert np.ptp(by_openvino, axis=0).max() > 0.1, "the three pictures are told apart"


@pytest.mark.parametrize("path", ROUNDED, ids=lambda path: path.stem)
def test_a_rounded_model_is_sure_of_the_same_vehicles_in_both_backends(path: Path) -> None:
    """They round Q and DQ differently, so the numbers of boxes that nobody believes differ at will."""
    card = load_model_card(path, DetectorCard)
    by_openvino, by_onnx_runtime = found(path, card, EXACT), found(path, card, EXACT.model_copy(update=ONNX_RUNTIME))
    for one, other in zip(by_openvino, by_onnx_runtime, strict=True):
        assert unconfirmed(one, other, card.score_threshold) == []
        assert unconfirmed(other, one, card.score_threshold) == []
    assert sum(int((each.scores >= SURE).sum()) for each in by_openvino) >= 20
    assert unconfirmed(by_openvino[0], by_openvino[1], card.score_threshold) != [], "another road has other vehicles"


ONNX_RUNTIME = {"backend": "onnxruntime"}


def found(path: Path, card: DetectorCard, inference: InferenceSettings) -> list[Detections]:
    with open_detector(path.with_name(card.file), card.classes, card.input.default_size, inference) as detector:
        return [detect_image(detector, road(seed)) for seed in DRAWN]


def unconfirmed(sure: Detections, other: Detections, believed: float) -> list[list[float]]:
    """The boxes that one is sure of and the other does not believe in, at SAME_IOU."""
    boxes = sure.xyxy[sure.scores >= SURE]
    overlap = box_iou(boxes, other.xyxy[other.scores >= believed]).max(axis=1, initial=0)
    return [box for box, iou in zip(boxes.tolist(), overlap.tolist(), strict=True) if iou < SAME_IOU]
