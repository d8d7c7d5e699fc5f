"""Crops cut out on the device are those of the CPU, and so are the answers of the shipped models on drawn vehicles."""

from pathlib import Path

import numpy as np
import pytest

from tests.detection.host_device import HostKernels, HostMemory, HostNetwork
from tests.inference.drawn_vehicles import drawn_vehicles
from traffic.classification.classifier import VehicleClassifier
from traffic.inference.boxes import BoxCut, HostBoxes
from traffic.inference.device_crops import DeviceCrops, QuadCut
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import (
    ClassifierCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_model_card,
    verified_model_path,
)
from traffic.inference.onnx_engine import OnnxEngine
from traffic.plates.device_views import DeviceViews
from traffic.plates.locator import locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.views import PlateView, RectifyingOcr

ENGINES = Path(__file__).parents[2] / "engines"
ONE_THREAD = InferenceSettings(backend="onnxruntime", threads=1)


@pytest.fixture(scope="module")
def kernels(kernels_library):
    return HostKernels(kernels_library)


@pytest.fixture(scope="module")
def vehicles():
    crops = drawn_vehicles()
    assert len(crops) >= 10, "the road is too empty to tell"
    return crops


class Device:
    """A network on the device, with frames of its own."""

    def __init__(self, path, size, kernels, *, batch=4, capacity=4):
        self.network = HostNetwork(path, size, batch)
        self.frames = DeviceFrames(HostMemory(), capacity)
        self.crops = DeviceCrops(self.network, self.frames, kernels)


def shipped(name, kind):
    """A card, and its model on either side: a function of the kernels, and an engine."""
    path = ENGINES / name
    card = load_model_card(path, kind)
    return card, verified_model_path(path), card.input.default_size


def test_boxes_arrive_in_the_network_as_the_cpu_cuts_them(kernels, model_path, vehicles):
    """Of several frames, more than one batch, with all the ways of resizing."""
    cuts = []
    for each in vehicles[:9]:
        x1, y1, x2, y2 = (int(value) for value in each.xyxy)
        height, width = each.frame.image.shape[:2]
        box = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
        cuts += [BoxCut(each.frame, box, (64, 32), "area"), BoxCut(each.frame, box, (40, 32), "linear")]
    device = Device(model_path, (64, 32), kernels)
    found = device.crops.infer_boxes(cuts)
    with OnnxEngine(model_path, (64, 32), ONE_THREAD) as engine:
        expected = HostBoxes(engine, (64, 32)).infer_boxes(cuts)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=0.5)
    assert np.abs(found - expected).mean() < 0.01


def test_crops_of_one_frame_upload_it_once(kernels, model_path, vehicles):
    (first, *_), frames = vehicles, {id(each.frame): each for each in vehicles}
    device = Device(model_path, (64, 32), kernels, capacity=len(frames))
    cuts = [BoxCut(each.frame, (0, 0, 100, 80), (64, 32), "area") for each in vehicles]
    with device.frames.arriving([first.frame]):
        pass
    device.crops.infer_boxes(cuts)
    device.crops.infer_boxes(cuts)
    assert (device.frames.traffic.uploads, device.frames.traffic.repeats) == (len(frames), len(frames) - 1)


def test_nothing_asks_nothing(kernels, model_path):
    device = Device(model_path, (64, 32), kernels)
    assert device.crops.infer_boxes([]).shape == (0, 32, 5)
    assert device.crops.infer_quads([]).shape == (0, 32, 5)
    assert device.network.memory.waits == 0


def test_a_quadrilateral_the_size_of_the_input_is_a_box(kernels, model_path, vehicles):
    """Moved by whole pixels; the two kernels must agree to the bit."""
    frame = vehicles[0].frame
    moved = np.array([[1.0, 0, 30], [0, 1, 20], [0, 0, 1]])
    device = Device(model_path, (64, 32), kernels)
    straight = device.crops.infer_quads([QuadCut(frame, moved, (64, 32))])
    boxed = device.crops.infer_boxes([BoxCut(frame, (30, 20, 94, 52), (64, 32), "linear")])
    np.testing.assert_array_equal(straight, boxed)


def test_the_shipped_classifier_says_the_same_of_drawn_vehicles(kernels, vehicles):
    card, path, size = shipped("vehicle_classifier.yaml", ClassifierCard)
    device = Device(path, size, kernels)
    found = VehicleClassifier(device.crops, card.types, card.colours, size).classify(vehicles)
    with OnnxEngine(path, size, ONE_THREAD) as engine:
        expected = VehicleClassifier(engine, card.types, card.colours, size).classify(vehicles)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.type_probabilities, other.type_probabilities, atol=0.02)
        np.testing.assert_allclose(one.colour_probabilities, other.colour_probabilities, atol=0.02)
        assert one.type_probabilities.argmax() == other.type_probabilities.argmax()


def test_the_shipped_plate_models_find_and_read_the_same_on_drawn_vehicles(kernels, vehicles):
    found, corners = _located(kernels, vehicles)
    for one, other in zip(found, corners, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert np.abs(one.corners - other.corners).max() < 0.25
            assert one.score == pytest.approx(other.score, abs=0.02)
    views = [
        PlateView(crop.frame, plate.corners) for crop, plate in zip(vehicles, corners, strict=True) if plate is not None
    ]
    assert len(views) >= 8, "too few plates to tell"
    for one, other in zip(*_read(kernels, views), strict=True):
        assert (one.text, one.country) == (other.text, other.country)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.03)


def _located(kernels, vehicles):
    card, path, size = shipped("plate_locator.yaml", PlateLocatorCard)
    found = locator_of(Device(path, size, kernels).crops, card).locate(vehicles)
    with OnnxEngine(path, size, ONE_THREAD) as engine:
        return found, locator_of(engine, card).locate(vehicles)


def _read(kernels, views):
    card, path, size = shipped("plate_reader.yaml", PlateReaderCard)
    with OnnxEngine(path, size, ONE_THREAD) as engine:
        ocr = PlateOcr(engine, card)
        found = DeviceViews(Device(path, size, kernels).crops, ocr, size).read_views(views)
        return found, RectifyingOcr(ocr).read_views(views)
