"""Detector, classifier and plate models on an emulated device, all with the shipped weights: one upload a frame."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from builders import detections, frame

from tests.detection.host_device import HostKernels, HostMemory, HostNetwork
from tests.inference.drawn_vehicles import drawn_vehicles
from traffic.benchmark.looking_detector import LookingDetector
from traffic.classification.classifier import VehicleClassifier
from traffic.detection.detector import DetectorSettings
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.inference.device_crops import DeviceCrops
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.model_card import (
    ClassifierCard,
    DetectorCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_model_card,
)
from traffic.plates.device_views import DeviceViews
from traffic.plates.locator import locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.recognizer import PlateRecognizer

ENGINES = Path(__file__).parents[2] / "engines"
SIZE, BATCH = (640, 384), 2


class Keeping:
    """Notes the crops that it is given."""

    types, colours = (), ()

    def __init__(self):
        self.crops = []

    def classify(self, crops):
        self.crops.append([crop.xyxy for crop in crops])
        return ()

    def read(self, crops):
        return self.classify(crops)


class Telling:
    """Finds what it is told to."""

    def __init__(self, found):
        self._found = found

    def detect(self, frames):
        return self._found[: len(frames)]


def test_what_is_found_for_certain_is_looked_at_frame_by_frame():
    sure, unsure, other = (0, 0, 10, 10, 0.9, 0), (5, 5, 20, 20, 0.2, 0), (30, 30, 40, 40, 0.5, 1)
    classifier, plates, closed = Keeping(), Keeping(), []
    owned = ExitStack()
    owned.callback(closed.append, "closed")
    found = [detections(sure, unsure), detections(other)]
    with LookingDetector(Telling(found), classifier, plates, owned) as looking:
        assert looking.detect([frame(0), frame(1)]) == found
        assert looking.looks == 2
    assert classifier.crops == plates.crops == [[(0, 0, 10, 10)], [(30, 30, 40, 40)]]
    assert closed == ["closed"]


def crops_on(name, kind, kernels, frames):
    """A shipped model over crops of frames on the emulated device, with its card."""
    card = load_model_card(ENGINES / name, kind)
    network = HostNetwork((ENGINES / name).with_suffix(".onnx"), card.input.default_size, BATCH)
    return card, DeviceCrops(network, frames, kernels)


@pytest.fixture(scope="module")
def scene():
    """Four frames with vehicles near enough to read their plates."""
    frames = {id(crop.frame): crop.frame for crop in drawn_vehicles(80, 240, 40)}
    assert len(frames) >= 3
    return [replace(each, index=index) for index, each in enumerate(frames.values())]


def test_a_frame_is_uploaded_once_for_all_of_them(kernels_library, scene):
    kernels, there = HostKernels(kernels_library), DeviceFrames(HostMemory(), 4)
    card = load_model_card(ENGINES / "vehicle_detector.yaml", DetectorCard)
    network = partial(HostNetwork, ENGINES / "vehicle_detector.onnx", batch=BATCH)
    sizes = {scene[0].camera_id: SIZE}
    classifying, classifier = crops_on("vehicle_classifier.yaml", ClassifierCard, kernels, there)
    locating, locator = crops_on("plate_locator.yaml", PlateLocatorCard, kernels, there)
    reading, reader = crops_on("plate_reader.yaml", PlateReaderCard, kernels, there)
    plates = PlateRecognizer(
        locator_of(locator, locating),
        DeviceViews(reader, PlateOcr(None, reading), reading.input.default_size),
    )
    detector = DeviceVehicleDetector(DetectorSettings(), card.classes, sizes, network, there, kernels)
    vehicles = VehicleClassifier(classifier, classifying.types, classifying.colours, classifying.input.default_size)
    with LookingDetector(detector, vehicles, plates, ExitStack()) as looking:
        looking.detect(scene)
    assert looking.looks >= len(scene), "the road is too empty to tell"
    assert plates.statistics.read > 0
    assert (there.traffic.uploads, there.traffic.repeats) == (len(scene), 0)
    assert there.traffic.bytes == sum(each.image.nbytes for each in scene) == np.prod((len(scene), 1920, 1080, 3))
