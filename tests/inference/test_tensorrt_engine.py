"""Without a GPU only one thing can be seen here: how its absence is told. The rest is `make device-check`."""

import ctypes
from pathlib import Path

import pytest

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.models import open_engine

MODEL = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"


def has_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_the_way_out_is_told():
    with pytest.raises(ModelError, match=r"libcuda\.so\.1\), found none\n.*inference\.backend to openvino"):
        open_engine(MODEL, (640, 384), InferenceSettings(backend="tensorrt"))
