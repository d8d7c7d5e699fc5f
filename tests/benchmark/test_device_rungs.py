"""The fourth step's detector on an emulated device; the steps themselves need a GPU and are told apart by it."""

import ctypes
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import frame

from tests.detection.host_device import HostNetwork
from traffic.benchmark.device_rungs import WEAK, Parts, PreprocessingDetector, device_rungs
from traffic.benchmark.ladder import CAMERA_ID, Course, climb, drawn_pictures, scene_frames
from traffic.detection.detector import VehicleDetector, class_ids_of
from traffic.inference.engine import InferenceSettings
from traffic.inference.kernels import DeviceKernels
from traffic.inference.model_card import DetectorCard, load_model_card
from traffic.inference.onnx_engine import OnnxEngine
from traffic.simulation import training_sample

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
MODEL, SIZE = CARD.with_suffix(".onnx"), (320, 192)


def has_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def test_the_fourth_step_finds_what_the_cpu_finds(kernels_library):
    classes = load_model_card(CARD, DetectorCard).classes
    settings = InferenceSettings(backend="onnxruntime", threads=1)
    frames = [
        replace(frame(i, camera_id=CAMERA_ID), image=np.ascontiguousarray(training_sample(i)[0])) for i in range(3)
    ]
    kernels = DeviceKernels(kernels_library)
    with (
        PreprocessingDetector(HostNetwork(MODEL, SIZE, 2), class_ids_of(classes), SIZE, kernels) as device,
        VehicleDetector(WEAK, classes, {CAMERA_ID: SIZE}, lambda size: OnnxEngine(MODEL, size, settings)) as cpu,
    ):
        pairs = list(zip(device.detect(frames), cpu.detect(frames), strict=True))
    assert sum(len(expected) for _, expected in pairs) > 10, "the roads are too empty to tell"
    for found, expected in pairs:
        np.testing.assert_allclose(found.xyxy, expected.xyxy, atol=0.05)
        assert found.class_ids.tolist() == expected.class_ids.tolist()


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` climbs the steps")
def test_without_a_gpu_every_step_says_why_it_cannot_be_run():
    parts = Parts(CARD, CARD, (640, 384), 4, Path("libtraffic_kernels.so"))
    results = list(climb(device_rungs(parts), Course(scene_frames(1), drawn_pictures(1))))
    assert [each.frames_per_second for each in results] == [None] * 5
    assert all("expected NVIDIA's driver" in each.problem for each in results)
