"""Where every vehicle drives and when, so that no two ever share a place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traffic.errors import ConfigError
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign, design_vehicle, near_end_m
from traffic.simulation.mesh import Floats
from traffic.simulation.spec import Lane, SceneSpec

NEAR_END_M, FAR_END_M = -22.0, 170.0
_GAP_M = 4.0
_EDGE_S = 0.5
_KINDS = ("car", "van", "bus", "truck", "motorcycle")
_KIND_SHARES = (0.58, 0.14, 0.06, 0.12, 0.10)
_SLOW = ("bus", "truck")
_FAST = ("car", "car", "van", "motorcycle")


@dataclass(frozen=True, eq=False)
class Course:
    """A vehicle's way: at media time `crossing_ns` its near end (the one that faces the camera) is on the counting
    line at `line_y_m`, with `speed_mps`; `heading` +1 away from the camera, -1 toward it; `lane` is an index.
    """

    vehicle_id: int
    design: VehicleDesign
    lane: int
    x_m: float
    heading: int
    speed_mps: float
    acceleration_mps2: float
    crossing_ns: int
    line_y_m: float

    def near_y_m(self, pts_ns: int) -> float:
        """Where the near end is at a media time, metres along the road."""
        seconds = (pts_ns - self.crossing_ns) * 1e-9
        return self.line_y_m + self.heading * (self.speed_mps * seconds + self.acceleration_mps2 * seconds**2 / 2)

    def place(self, pts_ns: int) -> PlacedVehicle | None:
        """The vehicle at a media time, None while it is out of the scene."""
        near = self.near_y_m(pts_ns)
        if not NEAR_END_M <= near <= FAR_END_M:
            return None
        middle = near + near_end_m(self.design.mesh, self.heading)
        return PlacedVehicle(self.vehicle_id, self.design, self.x_m, middle, self.heading)


@dataclass(frozen=True)
class _Trip:
    """A vehicle before it has its time: `pace` is its speed as a share of the limit."""

    kind: str
    lane: int
    heading: int
    pace: float


def plan_courses(spec: SceneSpec) -> tuple[Course, ...]:
    """The courses of all vehicles, ids from 1 in the order in which they cross the counting line.

    Raises:
        ConfigError: they do not all fit into the scene's time.
    """
    rng = np.random.default_rng([spec.seed, 0x3C])
    courses: list[Course] = []
    for trip in _trips(spec, rng):
        courses.append(_fit(trip, tuple(courses), spec, rng))
    ordered = sorted(courses, key=lambda course: course.crossing_ns)
    return tuple(replace(course, vehicle_id=place + 1) for place, course in enumerate(ordered))


def _trips(spec: SceneSpec, rng: np.random.Generator) -> list[_Trip]:
    """The hardest to place first: wrong way, then fast, then long vehicles, then the rest."""
    traffic = spec.traffic
    rest = traffic.vehicles - traffic.wrong_way - traffic.speeding
    wrong = [_wrong_way_trip(spec, rng) for _ in range(traffic.wrong_way)]
    fast = [_lawful_trip(spec, str(rng.choice(_FAST)), rng.uniform(1.25, 1.6), rng) for _ in range(traffic.speeding)]
    return (
        wrong + fast + [_lawful_trip(spec, kind, _lawful_pace(kind, rng), rng) for kind in _ordinary_kinds(rest, rng)]
    )


def _lawful_pace(kind: str, rng: np.random.Generator) -> float:
    return float(rng.uniform(0.55, 0.78) if kind in _SLOW else rng.uniform(0.62, 0.92))


def _ordinary_kinds(count: int, rng: np.random.Generator) -> list[str]:
    """Every kind once while the count allows, then by their shares; long ones first."""
    every = [str(kind) for kind in rng.permutation(_KINDS[1:])]
    kinds = (every + [str(kind) for kind in rng.choice(_KINDS, max(count, 0), p=_KIND_SHARES)])[: max(count, 0)]
    return sorted(kinds, key=lambda kind: kind not in _SLOW)


def _wrong_way_trip(spec: SceneSpec, rng: np.random.Generator) -> _Trip:
    lane = int(rng.integers(len(spec.lanes)))
    return _Trip("car", lane, -spec.lanes[lane].direction, float(rng.uniform(0.62, 0.9)))


def _lawful_trip(spec: SceneSpec, kind: str, pace: float, rng: np.random.Generator) -> _Trip:
    lane = int(rng.integers(len(spec.lanes)))
    return _Trip(kind, lane, spec.lanes[lane].direction, float(pace))


def _fit(trip: _Trip, others: tuple[Course, ...], spec: SceneSpec, rng: np.random.Generator) -> Course:
    """Give the trip a time (and, if its own lane is full, another lane of the same heading) at which it meets
    nobody.
    """
    design = design_vehicle(trip.kind, rng)
    speed = trip.pace * spec.speed_limit_kmh / 3.6
    offset = float(np.clip(rng.normal(0, 0.15), -0.3, 0.3))
    acceleration = float(rng.uniform(-1, 1)) * spec.traffic.acceleration_mps2
    for lane in _lanes_to_try(trip, spec.lanes):
        for seconds in rng.permutation(_crossing_times(trip.heading, speed, spec)):
            x = spec.lanes[lane].x_m + offset
            crossing_ns = round(float(seconds) * 1000) * 1_000_000
            course = Course(0, design, lane, x, trip.heading, speed, acceleration, crossing_ns, spec.line_y_m)
            if all(keeps_clear(course, other, spec.duration_s) for other in others if other.lane == lane):
                return course
    raise ConfigError(
        f"traffic.vehicles: {spec.traffic.vehicles} vehicles do not fit into {spec.duration_s} s"
        f" on {len(spec.lanes)} lanes",
        remedy="ask for fewer vehicles, a longer duration or more lanes",
    )


def _lanes_to_try(trip: _Trip, lanes: tuple[Lane, ...]) -> list[int]:
    direction = lanes[trip.lane].direction
    return [trip.lane] + [i for i, lane in enumerate(lanes) if i != trip.lane and lane.direction == direction]


def _crossing_times(heading: int, speed_mps: float, spec: SceneSpec) -> Floats:
    """Times at which a vehicle may cross the line and still be measured in the whole zone."""
    near, far = (abs(edge - spec.line_y_m) / speed_mps for edge in spec.zone_y_m)
    before, after = (near, far) if heading > 0 else (far, near)
    return np.arange(before + _EDGE_S, spec.duration_s - after - _EDGE_S, 0.23)


def keeps_clear(course: Course, other: Course, duration_s: float) -> bool:
    """Whether two vehicles of one lane keep a gap of 4 m while both are in the scene, looked at ten times a second."""
    reach = (course.design.mesh.size_m[1] + other.design.mesh.size_m[1]) / 2 + _GAP_M
    for pts_ns in range(0, round(duration_s * 10) * 100_000_000 + 1, 100_000_000):
        first, second = course.place(pts_ns), other.place(pts_ns)
        if first is not None and second is not None and abs(first.y_m - second.y_m) < reach:
            return False
    return True
