"""Pixels as OpenCV draws them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traffic.simulation.mesh import Floats

SHIFT = 4
"""Fractional bits of the coordinates that OpenCV's fill functions take."""


def fixed_point(pixels: Floats) -> npt.NDArray[np.int32]:
    """Pixels (n, 2), integers on pixel borders, as OpenCV's fixed-point points (integers on centres)."""
    return np.round((pixels - 0.5) * (1 << SHIFT)).astype(np.int32)
