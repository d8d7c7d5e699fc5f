"""Without a GPU only one thing can be seen here: how its absence is told. The rest is `make device-check`."""

import ctypes
from pathlib import Path
from types import SimpleNamespace

import pytest

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.layer_profile import LayerTime
from traffic.inference.tensorrt_engine import layer_profiler, register_with
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


def test_a_profiler_collects_what_it_is_told():
    taken = []
    profiler = layer_profiler(SimpleNamespace(IProfiler=type("IProfiler", (), {})), taken)
    profiler.report_layer_time("conv", 0.5)
    profiler.report_layer_time("mish", 0.25)
    assert taken == [LayerTime("conv", 0.5), LayerTime("mish", 0.25)]


LIBRARY = Path("libtraffic_plugin.so")


@pytest.mark.parametrize(
    ("load", "told"),
    [
        (lambda _: None, "TensorRT refused"),
        (lambda _: 0, "TensorRT refused"),
        (ctypes.CDLL, "cannot be loaded: libtraffic_plugin.so"),
        (lambda _: ctypes.CDLL(None).traffic_register_plugins(), "undefined symbol: traffic_register_plugins"),
    ],
    ids=["no handle", "no registry", "no library", "another library"],
)
def test_a_plugin_library_that_does_not_register_is_told(load, told):
    with pytest.raises(ModelError, match=told):
        register_with(load, LIBRARY)


def test_a_plugin_library_is_loaded_by_its_path():
    asked = []
    register_with(lambda path: asked.append(path) or 1, LIBRARY)
    assert asked == [str(LIBRARY)]


def test_the_profiler_is_one_of_tensorrt_s_own():
    tensorrt = pytest.importorskip("tensorrt_rtx", reason="install tensorrt-rtx-cu12 to try a real binding")
    taken = []
    profiler = layer_profiler(tensorrt, taken)
    assert isinstance(profiler, tensorrt.IProfiler)
    profiler.report_layer_time("conv", 0.5)
    assert taken == [LayerTime("conv", 0.5)]
