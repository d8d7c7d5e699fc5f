"""The detector on the device finds what the one on the CPU finds, on drawn roads and with the shipped weights."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from builders import frame

from tests.detection.host_device import HostNetwork
from traffic.detection.detector import DetectorSettings, VehicleDetector
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.kernels import DeviceKernels
from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.inference.onnx_engine import OnnxEngine
from traffic.simulation import training_sample

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
MODEL = CARD.with_suffix(".onnx")
CLASSES = load_model_card(CARD, DetectorCard).classes
SIZES = {"north": (320, 192), "south": (256, 256)}


@pytest.fixture
def kernels(kernels_library):
    return DeviceKernels(kernels_library)


def roads(count):
    """Frames of two cameras in turn, of different sizes, with vehicles in them."""
    for index in range(count):
        image, _, _ = training_sample(index)
        yield replace(frame(index, camera_id=("north", "south")[index % 2]), image=np.ascontiguousarray(image))


def on_device(kernels, classes=CLASSES, batch=2):
    network = partial(_network, batch)
    return DeviceVehicleDetector(DetectorSettings(), classes, SIZES, network, kernels)


def _network(batch, size):
    return HostNetwork(MODEL, size, batch)


def on_cpu():
    settings = InferenceSettings(backend="onnxruntime", threads=1)
    return VehicleDetector(DetectorSettings(), CLASSES, SIZES, lambda size: OnnxEngine(MODEL, size, settings))


def test_it_finds_what_the_cpu_finds(kernels):
    frames = list(roads(7))
    with on_device(kernels) as device, on_cpu() as cpu:
        pairs = list(zip(device.detect(frames), cpu.detect(frames), strict=True))
    assert sum(len(expected) for _, expected in pairs) > 20, "the roads are too empty to tell"
    for found, expected in pairs:
        assert found.class_ids.tolist() == expected.class_ids.tolist()
        np.testing.assert_allclose(found.xyxy, expected.xyxy, atol=0.05)
        np.testing.assert_allclose(found.scores, expected.scores, atol=2e-3)


def test_what_was_detected_before_does_not_matter(kernels):
    frames = list(roads(4))
    with on_device(kernels) as device:
        alone = [device.detect([one])[0] for one in frames]
        together = device.detect(frames)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.xyxy, other.xyxy)


def test_no_frames_no_detections(kernels):
    with on_device(kernels) as device:
        assert device.detect([]) == []


def test_an_engine_for_other_classes_is_refused(kernels):
    with pytest.raises(ModelError, match="expected an engine for 2 classes, its output has 5"):
        on_device(kernels, classes=("car", "bus"))
