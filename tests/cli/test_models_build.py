"""What can go wrong before a GPU is asked for, and what is said where there is none."""

import ctypes
from pathlib import Path

import pytest

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


def has_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--size", "640"], 2, "WIDTHxHEIGHT"),
        (["--precision", "f8"], 2, "f32, f16, int8"),
        (["--batch", "0"], 2, "batch"),
        (["--dla", "7"], 2, "dla"),
        (["--plugin", "nowhere.so"], 1, "--plugin: expected a file at nowhere.so"),
        (["--calibration", "nowhere.table"], 1, "--calibration: expected a file at nowhere.table"),
    ],
)
def test_a_wrong_option_is_told(traffic, options, code, told):
    answer = traffic("models", "build", str(CARD), *options)
    assert answer.code == code
    assert told in answer.err


def test_a_card_that_is_not_there_is_told(traffic):
    answer = traffic("models", "build", "nowhere.yaml")
    assert answer.code == 1
    assert "expected a model card at nowhere.yaml" in answer.err


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` builds on it")
def test_without_a_driver_nothing_is_built(traffic, tmp_path):
    answer = traffic("models", "build", str(CARD), "--out", str(tmp_path))
    assert answer.code == 1
    assert "expected NVIDIA's driver (libcuda.so.1), found none" in answer.err
    assert list(tmp_path.iterdir()) == []
