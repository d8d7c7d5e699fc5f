"""The library with the TrafficMish plugin, put into TensorRT's registry, which is handed in."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

from traffic.errors import ModelError


def register(registry: object, plugin: Path) -> None:
    """Put the library's plugins into TensorRT's registry, which takes one only once.

    Raises:
        ModelError: it cannot be loaded, is another library, or was refused.
    """
    load = getattr(registry, "load_library", None)  # TensorRT 8.5 cannot load a library itself
    register_with(_registered_by_itself if load is None else load, plugin)


def register_with(load: Callable[[str], object], plugin: Path) -> None:
    """Have a plugin library loaded.

    Args:
        load: gives a handle, or what counts as false where the library was refused.
        plugin: the library.

    Raises:
        ModelError: it cannot be loaded, is another library, or was refused.
    """
    try:
        loaded = load(str(plugin))
    except (OSError, AttributeError) as error:
        raise ModelError(f"the plugin library {plugin} cannot be loaded: {error}", remedy=_BUILD_PLUGIN) from error
    if not loaded:
        raise ModelError(f"TensorRT refused the plugin library {plugin}", remedy=_BUILD_PLUGIN)


def _registered_by_itself(plugin: str) -> int:
    """The library's own function puts its plugins into the registry; 1 for done."""
    return int(ctypes.CDLL(plugin).traffic_register_plugins())


_BUILD_PLUGIN = "build it on this machine for this TensorRT: see cuda_kernels/README.md"
