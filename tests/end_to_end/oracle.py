"""A scene's truth file as the judge of a record: which passage is which vehicle, by time and place alone."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.record import Passed

NEAR = 0.4
"""A passage is a vehicle's while its ground point is this near to the vehicle's, in sizes of the vehicle's box."""
MOSTLY = 0.5
"""A passage is a vehicle's if the vehicle was in the picture at this share of the passage's moments, or more."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Vehicle:
    """What the truth says of one vehicle."""

    vehicle_id: int
    speed_mps: float
    towards_us: bool
    crossing_pts_ns: int
    rules: tuple[str, ...]
    crosses_the_zone: bool
    vehicle_type: str
    colour: str
    plate: str
    shows_plate: bool


class Oracle:
    """The truth of one scene."""

    def __init__(self, truth_file: Path) -> None:
        truth = json.loads(truth_file.read_text())
        self.speed_limit_mps = truth["speed_limit_kmh"] / 3.6
        self._boxes: Mapping[int, Mapping[int, Box]] = {
            frame["pts_ns"]: {v["vehicle_id"]: tuple(v["xyxy"]) for v in frame["vehicles"]} for frame in truth["frames"]
        }
        self.vehicles = {vehicle.vehicle_id: vehicle for vehicle in _vehicles(truth)}

    def whose(self, passed: Passed) -> int | None:
        """The vehicle that made the passage, None where there was none in its place."""
        distances = {vehicle: self._distance(vehicle, passed) for vehicle in self.vehicles}
        nearest = min(distances, key=lambda vehicle: distances[vehicle])
        return nearest if distances[nearest] <= NEAR else None

    def _distance(self, vehicle: int, passed: Passed) -> float:
        seen = [
            _distance_to(self._boxes[pts_ns][vehicle], x, y)
            for pts_ns, x, y in passed.path
            if vehicle in self._boxes[pts_ns]
        ]
        return statistics.median(seen) if seen and len(seen) >= MOSTLY * len(passed.path) else math.inf


def _distance_to(box: Box, x: float, y: float) -> float:
    x1, y1, x2, y2 = box
    return math.hypot(x - (x1 + x2) / 2, y - y2) / max(math.sqrt((x2 - x1) * (y2 - y1)), 1.0)


def _vehicles(truth: Mapping[str, object]) -> Iterator[Vehicle]:
    along_m = [point["metres"][1] for point in truth["road_points"]]
    places: dict[int, list[float]] = {}
    for frame in truth["frames"]:
        for seen in frame["vehicles"]:
            places.setdefault(seen["vehicle_id"], []).append(seen["ground_m"][1])
    for each in truth["vehicles"]:
        number = each["vehicle_id"]
        yield Vehicle(
            vehicle_id=number,
            speed_mps=each["speed_mps"],
            towards_us=each["direction"] < 0,
            crossing_pts_ns=each["crossing_pts_ns"],
            rules=tuple(sorted(each["violations"])),
            crosses_the_zone=_reaches_across(places.get(number, []), min(along_m), max(along_m)),
            vehicle_type="articulated_truck" if each["body"] == "articulated" else each["vehicle_type"],
            colour="grey" if each["colour"] == "silver" else each["colour"],
            plate=each["plate"],
            shows_plate=each["vehicle_type"] != "motorcycle" or each["direction"] > 0,
        )


def _reaches_across(places_m: Sequence[float], near_m: float, far_m: float) -> bool:
    return bool(places_m) and min(places_m) <= near_m and max(places_m) >= far_m
