"""Where a path is cut: a stretch is what was seen of a vehicle without a gap in which it may have done anything."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Int64Array
from traffic.geometry import BoolArray

LONGEST_GAP_S = 1.0
"""A vehicle that was not seen for longer may have stopped, or be another one."""
LONGEST_UNMEASURABLE_S = 0.2
"""A vehicle that was seen where nothing can be measured for longer has left the measured part of the road."""


def stretches(pts_ns: Int64Array, measurable: BoolArray) -> list[Int64Array]:
    """The indices of the measurable observations, stretch by stretch, in the order of time.

    Args:
        pts_ns: when the vehicle was seen, (n,), rising.
        measurable: which of these observations can be measured, (n,).
    """
    kept = np.flatnonzero(measurable).astype(np.int64)
    gaps_s = np.diff(pts_ns[kept]) / 1e9
    left = np.diff(kept) > 1
    cut = (gaps_s > LONGEST_GAP_S) | (left & (gaps_s > LONGEST_UNMEASURABLE_S))
    return np.split(kept, np.flatnonzero(cut) + 1)
