"""Ways through an intersection, and when a vehicle is where on its way.

Road coordinates are those of the camera: x across to the right, y away from it, metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.simulation.mesh import Floats

STEP_M = 0.25
"""Between the points of a route."""


@dataclass(frozen=True, eq=False)
class Route:
    """A way along the road: points (k, 2) metres, STEP_M apart."""

    points: Floats

    @property
    def length_m(self) -> float:
        """From its first to its last point."""
        return STEP_M * (len(self.points) - 1)

    def at(self, distance_m: Floats) -> tuple[Floats, Floats]:
        """Where a vehicle's middle is and where it heads after these distances (n,): (n, 2) metres and (n, 2) unit."""
        there = np.clip(distance_m, 0, self.length_m)
        heading = self._point(there + STEP_M) - self._point(there - STEP_M)
        return self._point(there), heading / np.linalg.norm(heading, axis=1, keepdims=True)

    def _point(self, distance_m: Floats) -> Floats:
        places = np.clip(distance_m / STEP_M, 0, len(self.points) - 1)
        index = np.arange(len(self.points))
        return np.column_stack([np.interp(places, index, self.points[:, axis]) for axis in (0, 1)])


def route(corners: Sequence[tuple[float, float]], radius_m: float = 6.0) -> Route:
    """The way from corner to corner on straight lines, each corner rounded by an arc of about `radius_m`."""
    legs = [np.array(corners[0], np.float64)]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        legs += _rounded(np.array(before), np.array(corner), np.array(after), radius_m)
    legs.append(np.array(corners[-1], np.float64))
    return Route(_even(np.array(legs)))


def _rounded(before: Floats, corner: Floats, after: Floats, radius_m: float) -> list[Floats]:
    """A quadratic Bézier curve that begins and ends `radius_m` from the corner, or halfway to its neighbours."""
    into, out = before - corner, after - corner
    start = corner + into * min(radius_m / float(np.linalg.norm(into)), 0.5)
    end = corner + out * min(radius_m / float(np.linalg.norm(out)), 0.5)
    return [(1 - u) ** 2 * start + 2 * u * (1 - u) * corner + u**2 * end for u in np.linspace(0, 1, 24)]


def _even(points: Floats) -> Floats:
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    wanted = np.arange(0, along[-1], STEP_M)
    return np.column_stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)])


@dataclass(frozen=True, eq=False)
class Schedule:
    """How far a vehicle has come: `distance_m` (k,) at `seconds` (k,), rising; outside these it is not there."""

    seconds: Floats
    distance_m: Floats

    def at(self, seconds: float) -> float | None:
        """Metres along its route, None while it is not there."""
        if not self.seconds[0] <= seconds <= self.seconds[-1]:
            return None
        return float(np.interp(seconds, self.seconds, self.distance_m))


def schedule(start_s: float, phases: Sequence[tuple[float, float]], speed_mps: float) -> Schedule:
    """Begin at `start_s` with `speed_mps`; each phase (duration in s, speed in m/s at its end) changes speed evenly."""
    step = 0.02
    speeds = [np.array([speed_mps])]
    for duration_s, end_mps in phases:
        steps = max(1, round(duration_s / step))
        speeds.append(np.linspace(speeds[-1][-1], end_mps, steps + 1)[1:])
    speed: Floats = np.concatenate(speeds)
    distance: Floats = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2 * step)])
    return Schedule(start_s + step * np.arange(len(speed), dtype=np.float64), distance)
