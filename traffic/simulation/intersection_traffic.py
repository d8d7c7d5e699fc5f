"""Vehicles that obey the lights of a four-armed intersection and keep their distance.

Each arm has green in turn, so no two streams ever cross. A vehicle follows the one before it in its lane by the
Intelligent Driver Model (Treiber, Hennecke, Helbing, Congested Traffic States in Empirical Observations and
Microscopic Simulations, Physical Review E 62, 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.simulation.intersection_route import Route, Schedule, route

CENTRE_Y_M = 38.0
"""The middle of the intersection, on the camera's y axis."""
LANE_M = 3.5
ARM_M = 70.0
STOP_M = 58.0
"""How far along its route a vehicle stops at red."""
GREEN_S, CLEAR_S = 13.0, 4.0
STEP_S = 0.1
KINDS = ((0, 1.8, 4.5, 1.5), (1, 2.0, 5.6, 2.4), (3, 2.5, 11.0, 3.6), (2, 2.55, 12.0, 3.2), (4, 0.8, 2.2, 1.6))
"""Class, width, length, height in metres."""
SHARES = (0.62, 0.14, 0.12, 0.05, 0.07)
HEADWAY_S, GAP_M, ACCELERATION, BRAKING = 1.2, 2.0, 1.6, 2.2


@dataclass(frozen=True, eq=False)
class Actor:
    """A vehicle of a scene: `size` is (width, length, height) in metres; between the seconds of each pair in `hidden`
    the detector is blind to it.
    """

    vehicle_id: int
    class_id: int
    size: tuple[float, float, float]
    route: Route
    schedule: Schedule
    hidden: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class _Trip:
    arm: int
    lane: int
    movement: str
    kind: int
    start_s: float
    speed_mps: float


def intersection_traffic(seed: int, duration_s: float, vehicles_a_minute: float) -> tuple[Actor, ...]:
    """Vehicles from all arms, straight on, turning left and right and turning round."""
    rng = np.random.default_rng([seed, 0x1D])
    actors: list[Actor] = []
    for arm in range(4):
        for lane in range(2):
            trips = _trips(arm, lane, duration_s, vehicles_a_minute / 8, rng)
            for trip, path, timing in _drive(trips, duration_s):
                width_length_height = KINDS[trip.kind][1:]
                actors.append(Actor(len(actors) + 1, KINDS[trip.kind][0], width_length_height, path, timing))
    return tuple(actors)


def crossing(arm: int, lane: int, movement: str) -> Route:
    """The way of a lane (0 the inner) from an arm (0 the camera's own, then to the right) through the intersection."""
    side = LANE_M * (lane + 0.5)
    ends = {
        "straight": [(side, -ARM_M), (side, ARM_M)],
        "left": [(side, -ARM_M), (side, side), (-ARM_M, side)],
        "right": [(side, -ARM_M), (side, -side), (ARM_M, -side)],
        "round": [(side, -ARM_M), (side, 1.0), (-side, 1.0), (-side, -ARM_M)],
    }[movement]
    turn = np.array([[0, 1], [-1, 0]])
    turned = np.array(ends) @ np.linalg.matrix_power(turn, arm)
    return route([(float(x), float(y) + CENTRE_Y_M) for x, y in turned], radius_m=2.5 if movement == "round" else 7.0)


def is_green(arm: int, seconds: float) -> bool:
    """Whether an arm may go."""
    phase, within = divmod(seconds, GREEN_S + CLEAR_S)
    return int(phase) % 4 == arm and within < GREEN_S


def _trips(arm: int, lane: int, duration_s: float, a_minute: float, rng: np.random.Generator) -> list[_Trip]:
    movements = (("left", 0.7), ("round", 0.3)) if lane == 0 else (("straight", 0.75), ("right", 0.25))
    trips, seconds = [], float(rng.uniform(-20, 5))
    while seconds < duration_s:
        movement = str(rng.choice([name for name, _ in movements], p=[share for _, share in movements]))
        kind = int(rng.choice(len(KINDS), p=SHARES))
        trips.append(_Trip(arm, lane, movement, kind, seconds, float(rng.uniform(9, 14))))
        seconds += 3.0 + float(rng.exponential(60 / a_minute))
    return trips


def _drive(trips: list[_Trip], duration_s: float) -> list[tuple[_Trip, Route, Schedule]]:
    """Each vehicle after the other, since it depends on the one before it only."""
    driven: list[tuple[_Trip, Route, Schedule]] = []
    for trip in trips:
        leader = driven[-1] if driven else None
        path = crossing(trip.arm, trip.lane, trip.movement)
        timing = _timing(trip, path, leader, duration_s)
        if timing is not None:
            driven.append((trip, path, timing))
    return driven


def _timing(
    trip: _Trip, path: Route, leader: tuple[_Trip, Route, Schedule] | None, duration_s: float
) -> Schedule | None:
    seconds, place, speed = trip.start_s, 0.0, trip.speed_mps
    room = _gap(leader, trip, seconds, 0.0)
    if room < GAP_M:
        return None
    speed = min(speed, (_leader_speed(leader, seconds) ** 2 + BRAKING * (room - GAP_M)) ** 0.5)
    times, places = [seconds], [place]
    while seconds < duration_s and place < path.length_m:
        wanted = min(trip.speed_mps, 5.5) if trip.movement != "straight" and place > STOP_M - 8 else trip.speed_mps
        ahead = _gap(leader, trip, seconds, place)
        approach = speed - _leader_speed(leader, seconds)
        if not is_green(trip.arm, seconds) and place <= STOP_M - speed**2 / (2 * 4.0):
            to_line = STOP_M + GAP_M - KINDS[trip.kind][2] / 2 - place
            ahead, approach = min((ahead, approach), (to_line, speed))
        gap = GAP_M + max(0.0, speed * HEADWAY_S + speed * approach / (2 * (ACCELERATION * BRAKING) ** 0.5))
        push = ACCELERATION * (1 - (speed / wanted) ** 4 - (gap / max(ahead, 0.1)) ** 2)
        speed = max(0.0, speed + max(push, -7.0) * STEP_S)
        speed = min(speed, max(0.0, ahead - GAP_M / 4) / STEP_S)
        place, seconds = place + speed * STEP_S, seconds + STEP_S
        times.append(seconds)
        places.append(place)
    return Schedule(np.array(times), np.array(places))


def _gap(leader: tuple[_Trip, Route, Schedule] | None, trip: _Trip, seconds: float, place: float) -> float:
    where = None if leader is None else leader[2].at(seconds)
    if leader is None or where is None:
        return 1e6
    return where - place - (KINDS[leader[0].kind][2] + KINDS[trip.kind][2]) / 2


def _leader_speed(leader: tuple[_Trip, Route, Schedule] | None, seconds: float) -> float:
    if leader is None:
        return 0.0
    now, before = leader[2].at(seconds), leader[2].at(seconds - STEP_S)
    return 0.0 if now is None or before is None else (now - before) / STEP_S
