"""Without a GPU every step says why it could not be run; with one `make device-check` climbs them."""

import ctypes
import json
from pathlib import Path

import pytest

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


def has_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` climbs the steps")
def test_without_a_gpu_the_steps_are_told_and_nothing_is_claimed(traffic, tmp_path):
    options = ("--card", CARD, "--int8-card", CARD, "--kernels", "none.so", "--pictures", "1", "--out", tmp_path)
    answer = traffic("bench", "device", *map(str, options))
    assert answer.code == 1
    assert answer.err.count("expected NVIDIA's driver") == 6
    results = json.loads((tmp_path / "ladder.json").read_text())
    assert [(each["frames_per_second"], each["ap50"]) for each in results] == [(None, None)] * 6
    assert (tmp_path / "ladder.md").read_text().count("could not be run") == 6


def test_the_kernels_must_be_named(traffic):
    answer = traffic("bench", "device")
    assert answer.code == 2
    assert "--kernels" in answer.err
