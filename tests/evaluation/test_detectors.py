from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import pytest

from tests.evaluation.linear_models import write_constant_detector
from traffic.datatypes import Float32Array, UInt8Array
from traffic.detection.detector import VehicleDetector
from traffic.errors import ModelError
from traffic.evaluation.detectors import (
    COCO_COLUMNS,
    WEAKEST,
    ColumnEngine,
    answers,
    detect_image,
    open_coco_detector,
    open_detector,
)
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.inference.engine import InferenceSettings

SIZE = (64, 64)
ANCHORS = 8 * 8 + 4 * 4 + 2 * 2


class OneCocoTruck:
    """An engine that sees, in every picture, a COCO person and a truck of 32 x 32 around the input's centre."""

    def __init__(self) -> None:
        self.closed = False

    def infer(self, images: UInt8Array) -> Float32Array:
        output = np.zeros((len(images), ANCHORS, 85), np.float32)
        output[:, 64 + 5, :5] = [1, 1, np.log(2), np.log(2), 1]  # stride 16, cell (1, 1): centre (32, 32)
        output[:, 64 + 5, 5 + 7] = 0.8
        output[:, 64 + 5, 5 + 0] = 0.9
        return output

    def __enter__(self) -> OneCocoTruck:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed = True


def detector(engine: OneCocoTruck) -> VehicleDetector:
    columns = list(COCO_COLUMNS.values())
    return VehicleDetector(
        WEAKEST, list(COCO_COLUMNS), {"evaluation": SIZE}, lambda size: ColumnEngine(engine, columns)
    )


def test_the_coco_network_is_read_as_our_classes_and_people_are_forgotten() -> None:
    with detector(OneCocoTruck()) as coco:
        found = detect_image(coco, np.zeros((64, 64, 3), np.uint8))
    np.testing.assert_allclose(found.xyxy, [[16, 16, 48, 48]], atol=1e-3)
    np.testing.assert_allclose(found.scores, [0.8])
    assert found.class_ids.tolist() == [3]


def test_closing_the_detector_closes_the_engine_inside() -> None:
    engine = OneCocoTruck()
    with detector(engine):
        assert not engine.closed
    assert engine.closed


def test_each_picture_gets_its_answer_with_its_labels() -> None:
    label = np.array([[10, 10, 50, 50]], np.float32)
    pictures = [
        LabelledImage(str(side), np.zeros((side, side, 3), np.uint8), label, class_mask([("bus",)]))
        for side in (64, 128)
    ]
    with detector(OneCocoTruck()) as coco:
        judged = list(answers(coco, pictures))
    np.testing.assert_allclose(
        [answer.found.xyxy[0] for answer in judged], [[16, 16, 48, 48], [32, 32, 96, 96]], atol=1e-3
    )
    assert all(answer.xyxy is label for answer in judged)


@pytest.mark.parametrize("backend", ["openvino", "onnxruntime"])
def test_the_backend_that_is_asked_for_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: Literal["openvino", "onnxruntime"]
) -> None:
    card = write_constant_detector(tmp_path, ["bus"], [((16.0, 16.0, 48.0, 48.0), "bus", 0.8)])
    asked = InferenceSettings(backend=backend, precision="f32", threads=1)
    with open_detector(card.with_suffix(".onnx"), ["bus"], SIZE, asked) as opened:
        found = detect_image(opened, np.zeros((64, 64, 3), np.uint8))
    np.testing.assert_allclose(found.xyxy, [[16, 16, 48, 48]], atol=1e-3)

    monkeypatch.setitem(sys.modules, backend, None)
    with pytest.raises(ModelError, match=f"the {backend} backend is configured but not installed"):
        open_detector(card.with_suffix(".onnx"), ["bus"], SIZE, asked)
    with pytest.raises(ModelError, match=f"the {backend} backend is configured but not installed"):
        open_coco_detector(card.with_suffix(".onnx"), SIZE, asked)
