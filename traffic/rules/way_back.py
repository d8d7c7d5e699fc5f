"""What counts as driving back along a lane.

Two things look like it and are not. A car in a queue whose wheels are hidden by the next one only seems to go back: the
box's upper edge must go with the lower one. A track that changes over to the next vehicle behind jumps: the way back
must go on over several observations and half a second, with no step that is most of it, and across a step that no
vehicle can make nothing is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array, Int64Array
from traffic.geometry import BoolArray

UPPER_EDGE_SHARE = 0.1
"""The box's upper edge must have gone back at least this share of its lower edge's way, in the image."""
LEAST_STEPS = 4
"""Steps back from one observation to the next: 5 observations."""
LEAST_SECONDS = 0.5
"""Of media time since the vehicle was furthest along."""
LARGEST_STEP_SHARE = 1 / 3
"""No single step may be more than this share of the way back."""
FASTEST_PER_S = 70.0
"""No vehicle is faster: in metres a second, nor in heights of its box, which is more than a metre high."""


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """When (n,) and how far along the lane's direction the vehicle was (n,), in the rule's unit; while in the lane.

    `lower_px` and `upper_px` (n,) are how far along the arrow in the image the box's two edges were.
    """

    pts_ns: Int64Array
    along: Float64Array
    lower_px: Float64Array
    upper_px: Float64Array


@dataclass(frozen=True, slots=True)
class WayBack:
    """The observations, by index, at which the vehicle was furthest along and was the minimum distance behind that."""

    furthest: int
    reached: int


def first_way_back(progress: Progress, minimum: float) -> WayBack | None:
    """To the first observation that is `minimum` behind the furthest one before it, by both edges of the box."""
    seconds = progress.pts_ns / 1e9
    furthest = _furthest_before(progress.along, _jumped(seconds, progress.along, minimum))
    behind = progress.along[furthest] - progress.along
    lower_px = progress.lower_px[furthest] - progress.lower_px
    upper_px = progress.upper_px[furthest] - progress.upper_px
    far_enough = (behind >= minimum) & (upper_px >= UPPER_EDGE_SHARE * lower_px)
    reached = np.flatnonzero(far_enough & _goes_on(seconds, progress.along, furthest))
    return WayBack(int(furthest[reached[0]]), int(reached[0])) if len(reached) else None


def _jumped(seconds: Float64Array, along: Float64Array, minimum: float) -> BoolArray:
    """Which observations (n,) no vehicle can have reached from the one before; what is small besides may be noise."""
    possible = np.maximum(FASTEST_PER_S * np.diff(seconds), LARGEST_STEP_SHARE * minimum)
    return np.concatenate([[False], np.abs(np.diff(along)) > possible])[: len(along)]


def _furthest_before(along: Float64Array, jumped: BoolArray) -> Int64Array:
    """The index of the first largest of along[: i + 1] since the last jump, for each i, (n,)."""
    furthest = np.arange(len(along))
    for i in range(1, len(along)):
        before = furthest[i - 1]
        furthest[i] = i if jumped[i] or along[i] > along[before] else before
    return furthest


def _goes_on(seconds: Float64Array, along: Float64Array, furthest: Int64Array) -> BoolArray:
    """Whether the way back from the furthest observation to each one (n,) has steps and time enough, none too large."""
    back = np.maximum(-np.diff(along, prepend=along[:1]), 0.0)
    steps = np.cumsum(back > 0)
    largest = _largest_since(furthest, back)
    lasts = (steps - steps[furthest] >= LEAST_STEPS) & (seconds - seconds[furthest] >= LEAST_SECONDS)
    goes_on: BoolArray = lasts & (largest <= LARGEST_STEP_SHARE * (along[furthest] - along))
    return goes_on


def _largest_since(starts: Int64Array, values: Float64Array) -> Float64Array:
    """The largest of values[starts[i] + 1 : i + 1], 0 where that is empty, for each i, (n,)."""
    largest = np.zeros_like(values)
    for i in range(1, len(values)):
        largest[i] = 0.0 if starts[i] == i else max(largest[i - 1], values[i])
    return largest
