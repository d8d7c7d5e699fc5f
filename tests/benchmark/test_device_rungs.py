"""The steps need a GPU, and are told apart by what they send to it; their detectors are tested for themselves."""

from pathlib import Path

import pytest

from tests.nvidia import has_driver
from traffic.benchmark.device_rungs import Parts, device_rungs
from traffic.benchmark.ladder import Course, climb, drawn_pictures, scene_frames

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
PARTS = Parts(CARD, CARD, (640, 384), 4, Path("libtraffic_kernels.so"))


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` climbs the steps")
def test_without_a_gpu_every_step_says_why_it_cannot_be_run():
    results = list(climb(device_rungs(PARTS), Course(scene_frames(1), drawn_pictures(1))))
    assert [each.frames_per_second for each in results] == [None] * 6
    assert all("expected NVIDIA's driver" in each.problem for each in results)


def test_first_the_network_s_input_is_sent_then_the_frame_and_never_more():
    frame, tensor = 1920 * 1080 * 3, 640 * 384 * 3 * 4
    assert [each.bytes_up for each in device_rungs(PARTS)] == [tensor] * 3 + [frame] * 3
