"""Pictures for the kernels: noise, because every slip shows in it."""

from __future__ import annotations

import numpy as np
from kernel_library import Picture
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]


def noise(size: tuple[int, int], *, seed: int = 1) -> UInt8:
    """(h, w, 3) for a size of (width, height)."""
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)


def pitched(image: UInt8, slack: int = 0) -> Picture:
    """The picture with `slack` foreign bytes behind every row but none behind the last."""
    height, width = image.shape[:2]
    return Picture(np.pad(image.reshape(height, 3 * width), ((0, 0), (0, slack)), constant_values=99), (width, height))


def nv12(size: tuple[int, int], *, seed: int = 1) -> UInt8:
    """(h * 3 / 2, w): luma rows, then rows of U and V in turn; also levels that no camera should give."""
    return np.random.default_rng(seed).integers(0, 256, (size[1] * 3 // 2, size[0]), dtype=np.uint8)
