"""The fourth step's detector on an emulated device."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from builders import frame

from tests.detection.host_device import HostKernels, HostNetwork
from traffic.benchmark.ladder import CAMERA_ID
from traffic.benchmark.preprocessing_detector import WEAK, PreprocessingDetector
from traffic.detection.detector import VehicleDetector, class_ids_of
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.inference.onnx_engine import OnnxEngine
from traffic.simulation import training_sample

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
MODEL, SIZE = CARD.with_suffix(".onnx"), (320, 192)


def test_it_finds_what_the_cpu_finds(kernels_library):
    classes = load_model_card(CARD, DetectorCard).classes
    settings = InferenceSettings(backend="onnxruntime", threads=1)
    frames = [
        replace(frame(i, camera_id=CAMERA_ID), image=np.ascontiguousarray(training_sample(i)[0])) for i in range(3)
    ]
    kernels = HostKernels(kernels_library)
    with (
        PreprocessingDetector(HostNetwork(MODEL, SIZE, 2), class_ids_of(classes), SIZE, kernels) as device,
        VehicleDetector(WEAK, classes, {CAMERA_ID: SIZE}, lambda size: OnnxEngine(MODEL, size, settings)) as cpu,
    ):
        pairs = list(zip(device.detect(frames), cpu.detect(frames), strict=True))
    assert sum(len(expected) for _, expected in pairs) > 10, "the roads are too empty to tell"
    for found, expected in pairs:
        np.testing.assert_allclose(found.xyxy, expected.xyxy, atol=0.05)
        assert found.class_ids.tolist() == expected.class_ids.tolist()
