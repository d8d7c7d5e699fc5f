"""Without a GPU only one thing can be seen here: how its absence is told. The rest is test_on_a_device.py."""

import ast
from pathlib import Path

import pytest

from tests.nvidia import has_driver
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.models import open_engine

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "engines" / "vehicle_detector.onnx"


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_the_way_out_is_told():
    with pytest.raises(ModelError, match=r"libcuda\.so\.1\), found none\n.*inference\.backend to openvino"):
        open_engine(MODEL, (640, 384), InferenceSettings(backend="tensorrt"))


def test_int8_without_ranges_is_not_run_either():
    with pytest.raises(ModelError, match="expected INT8 ranges"):
        open_engine(MODEL, (640, 384), InferenceSettings(backend="tensorrt", precision="int8"))


def imported_by(path):
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def test_it_alone_imports_what_nvidia_ships():
    modules = [
        path for path in sorted((ROOT / "traffic").rglob("*.py")) if {"tensorrt", "pycuda"} & {*imported_by(path)}
    ]
    assert [str(path.relative_to(ROOT)) for path in modules] == ["traffic/inference/tensorrt_engine.py"]
