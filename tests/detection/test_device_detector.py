"""The detector on the device finds what the one on the CPU finds, on drawn roads and with the shipped weights."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from builders import frame

from tests.detection.host_device import HostKernels, HostMemory, HostNetwork
from traffic.detection.detector import DetectorSettings, VehicleDetector
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.errors import ModelError
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.inference.onnx_engine import OnnxEngine
from traffic.simulation import training_sample

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
MODEL = CARD.with_suffix(".onnx")
CLASSES = load_model_card(CARD, DetectorCard).classes
SIZES = {"north": (320, 192), "south": (256, 256)}


@pytest.fixture
def kernels(kernels_library):
    return HostKernels(kernels_library)


@cache
def road(index):
    image, _, _ = training_sample(index)
    return np.ascontiguousarray(image)


def roads(count):
    """Frames of two cameras in turn, of different sizes, with vehicles in them."""
    for index in range(count):
        yield replace(frame(index, camera_id=("north", "south")[index % 2]), image=road(index))


def on_device(kernels, classes=CLASSES, batch=2, recordings=16, frames=None):
    network = partial(_network, batch, recordings)
    frames = frames or DeviceFrames(HostMemory(), 4)
    return DeviceVehicleDetector(DetectorSettings(), classes, SIZES, network, frames, kernels)


def _network(batch, recordings, size):
    return HostNetwork(MODEL, size, batch, recordings=recordings)


def on_cpu():
    settings = InferenceSettings(backend="onnxruntime", threads=1)
    return VehicleDetector(DetectorSettings(), CLASSES, SIZES, lambda size: OnnxEngine(MODEL, size, settings))


@pytest.mark.parametrize("recordings", [16, 1, 0], ids=["recorded", "one form recorded", "not recorded"])
def test_it_finds_what_the_cpu_finds(kernels, recordings):
    frames = list(roads(7))
    with on_device(kernels, recordings=recordings) as device, on_cpu() as cpu:
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


def test_frames_of_other_sizes_come_back_in_their_own_pixels(kernels):
    """Each batch of frames fits in its own way; a recording of one must not serve the other."""
    large = next(roads(1))
    small = replace(large, index=1, image=np.ascontiguousarray(large.image[::2, ::2]))
    with on_device(kernels, batch=1) as device:
        first, halved, again = (device.detect([each])[0] for each in (large, small, replace(large, index=2)))
    assert len(first) > 3
    np.testing.assert_array_equal(first.xyxy, again.xyxy)
    assert halved.xyxy.max() <= max(small.image.shape)


def test_a_frame_is_uploaded_once_and_stays(kernels):
    frames, there = list(roads(6)), DeviceFrames(HostMemory(), 8)
    with on_device(kernels, frames=there) as device:
        device.detect(frames)
    with there.again(frames):
        pass
    assert (there.traffic.uploads, there.traffic.repeats) == (6, 0)
    assert there.traffic.bytes == sum(each.image.nbytes for each in frames)


def test_an_engine_for_more_pictures_than_the_kernels_take_is_refused(kernels):
    with pytest.raises(ModelError, match="for 16 pictures at most, which is what the kernels take, got one for 17"):
        on_device(kernels, batch=17)


def test_no_frames_no_detections(kernels):
    with on_device(kernels) as device:
        assert device.detect([]) == []


def test_an_engine_for_other_classes_is_refused(kernels):
    with pytest.raises(ModelError, match="expected an engine for 2 classes, its output has 5"):
        on_device(kernels, classes=("car", "bus"))
