"""Whether there is an NVIDIA driver on this machine."""

import ctypes


def has_driver() -> bool:
    """The driver's library can be loaded."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
