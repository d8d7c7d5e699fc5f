import ctypes
from pathlib import Path
from types import SimpleNamespace

import pytest

from traffic.errors import ModelError
from traffic.inference.tensorrt_plugin import register, register_with

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


def test_a_registry_that_loads_libraries_is_asked_to():
    asked = []
    register(SimpleNamespace(load_library=lambda path: asked.append(path) or 1), LIBRARY)
    assert asked == [str(LIBRARY)]


def test_where_the_registry_loads_none_the_library_registers_itself():
    with pytest.raises(ModelError, match=r"cannot be loaded: libtraffic_plugin\.so"):
        register(SimpleNamespace(), LIBRARY)
