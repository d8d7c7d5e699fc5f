"""Intersection scenes for trackers: exact truth, and detections with the faults of a real detector, at any rate.

The scenes are simulated, not rendered: see intersection_view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Detections
from traffic.simulation.camera import Camera
from traffic.simulation.intersection_route import route, schedule
from traffic.simulation.intersection_traffic import Actor, crossing, intersection_traffic
from traffic.simulation.intersection_view import Boxes3D, Faults, Sight, detect, look

SECOND_NS = 1_000_000_000
CAR, VAN, BUS, TRUCK = (1.8, 4.5, 1.5), (2.0, 5.6, 2.4), (2.55, 12.0, 3.2), (2.5, 14.0, 3.9)
POLE = Camera(1920, 1080, 1150.0, 8.5, float(np.deg2rad(11.0)))
"""At the side of the near arm, looking across the intersection."""


@dataclass(frozen=True, eq=False)
class IntersectionScene:
    """Who drives how in front of which camera, for how long."""

    camera: Camera
    actors: tuple[Actor, ...]
    duration_s: float


@dataclass(frozen=True, eq=False)
class FilmedFrame:
    """One frame: its media time, the truth and what a detector found."""

    pts_ns: int
    sight: Sight
    detections: Detections


def frame_times(fps: float, duration_s: float) -> list[float]:
    """Evenly spaced seconds."""
    return [index / fps for index in range(round(duration_s * fps))]


def film_intersection(
    scene: IntersectionScene, seconds: Iterable[float], seed: int, faults: Faults | None = None
) -> Iterator[FilmedFrame]:
    """The scene at these moments; the same arguments give the same film."""
    rng = np.random.default_rng([seed, 0x2F])
    for moment in seconds:
        sight = look(scene.camera, _standing(scene.actors, moment))
        blind = {actor.vehicle_id for actor in scene.actors if any(a <= moment < b for a, b in actor.hidden)}
        if blind:
            sight.visible[np.isin(sight.ids, list(blind))] = 0
        yield FilmedFrame(round(moment * SECOND_NS), sight, detect(sight, scene.camera, faults or Faults(), rng))


def busy_intersection(seed: int, duration_s: float = 80.0) -> IntersectionScene:
    """Ninety vehicles a minute from four arms, lights, queues, turns, lorries that hide cars."""
    return IntersectionScene(POLE, intersection_traffic(seed, duration_s, 90.0), duration_s)


def _standing(actors: Sequence[Actor], moment: float) -> Boxes3D:
    there = [(actor, place) for actor in actors if (place := actor.schedule.at(moment)) is not None]
    where = [actor.route.at(np.array([place])) for actor, place in there]
    return Boxes3D(
        np.array([actor.vehicle_id for actor, _ in there], np.int64),
        np.array([actor.class_id for actor, _ in there], np.int64),
        np.array([place[0] for place, _ in where]).reshape(-1, 2),
        np.array([heading[0] for _, heading in where]).reshape(-1, 2),
        np.array([actor.size for actor, _ in there], np.float64).reshape(-1, 3),
    )


def _passing(number: int, x_m: float, speed_mps: float, start_s: float = 0.0, heading: int = 1) -> Actor:
    """A car along the road of the camera, from 12 to 110 m away or back."""
    ends = [(x_m, 12.0), (x_m, 110.0)][::heading]
    return Actor(number, 0, CAR, route(ends), schedule(start_s, [(97 / speed_mps, speed_mps)], speed_mps))


def _across(number: int, y_m: float, speed_mps: float, heading: int = 1) -> Actor:
    ends = [(-60.0, y_m), (60.0, y_m)][::heading]
    return Actor(number, 0, CAR, route(ends), schedule(0.0, [(119 / speed_mps, speed_mps)], speed_mps))


def _parked(number: int, x_m: float, y_m: float, size: tuple[float, float, float], seconds: float) -> Actor:
    """Across the view."""
    return Actor(number, 3, size, route([(x_m, y_m), (x_m + 40, y_m)]), schedule(0, [(seconds, 1e-6)], 1e-6))


def _hidden_two_seconds() -> IntersectionScene:
    cars = (_across(1, 38.0, 8.2), _across(2, 41.5, 10.0, -1))
    lorry = _parked(3, 0.0, 30.0, (2.6, 16.5, 4.2), 14.0)
    return IntersectionScene(POLE, (*cars, lorry), 14.0)


def _blind_two_seconds() -> IntersectionScene:
    away, toward = _passing(1, 1.8, 12.0), _passing(2, -5.2, 12.0, heading=-1)
    blind = tuple(Actor(a.vehicle_id, 0, CAR, a.route, a.schedule, ((2.0, 4.0),)) for a in (away, toward))
    return IntersectionScene(POLE, (*blind, _passing(3, 5.3, 10.0), _passing(4, -1.8, 9.0, heading=-1)), 8.0)


def _light() -> IntersectionScene:
    """Five vehicles stop at the far arm's light for 60 s while others cross before and behind them."""
    stop = [(2.0, 10.0), (4.0, 0.0), (60.0, 0.0), (4.0, 8.0), (4.0, 10.0)]
    sizes = (CAR, CAR, CAR, VAN, TRUCK)
    queue = [
        Actor(
            1 + k,
            0,
            size,
            route([(-1.8 - 3.5 * (k % 2), 90.0 + 11 * k), (-1.8 - 3.5 * (k % 2), -5.0)]),
            schedule(0.0, stop, 10.0),
        )
        for k, size in enumerate(sizes)
    ]
    crossing_cars = [
        Actor(
            10 + k,
            0,
            CAR if k % 3 else BUS,
            crossing(1 + 2 * (k % 2), 1, "straight"),
            schedule(4 + 3.0 * k, [(14.0, 10)], 10),
        )
        for k in range(18)
    ]
    return IntersectionScene(POLE, (*queue, *crossing_cars), 74.0)


def _turn_round() -> IntersectionScene:
    slow = [(4.5, 4.0), (6.0, 4.0), (8.0, 12.0)]
    rounding = Actor(1, 0, CAR, crossing(0, 0, "round"), schedule(0.0, slow, 12.0))
    again = Actor(2, 1, VAN, crossing(2, 0, "round"), schedule(1.0, slow, 12.0))
    return IntersectionScene(POLE, (rounding, again, _passing(3, 5.2, 9.0), _passing(4, -5.2, 9.0, heading=-1)), 18.0)


def _left_turns() -> IntersectionScene:
    slow = [(4.5, 5.0), (5.0, 5.0), (6.0, 11.0)]
    turning = [Actor(1 + arm, 0, CAR, crossing(arm, 0, "left"), schedule(1.5 * arm, slow, 11.0)) for arm in range(4)]
    return IntersectionScene(POLE, tuple(turning), 18.0)


def _lorry_beside_cars() -> IntersectionScene:
    """A lorry overtakes two cars on the near side of a cross street and hides them for a while."""
    lorry = Actor(1, 3, TRUCK, route([(-70.0, 34.5), (70.0, 34.5)]), schedule(0.0, [(12.0, 11.0)], 11.0))
    cars = [
        Actor(2 + k, 0, CAR, route([(-45.0 + 9 * k, 38.0), (80.0, 38.0)]), schedule(0.0, [(12.0, 6.0)], 6.0))
        for k in (0, 1)
    ]
    return IntersectionScene(POLE, (lorry, *cars), 12.0)


SCRIPTED: Mapping[str, Callable[[], IntersectionScene]] = {
    "two cars pass behind a parked lorry": _hidden_two_seconds,
    "2 s unseen on a straight road, away and toward": _blind_two_seconds,
    "60 s at a light while others cross": _light,
    "two vehicles turn round": _turn_round,
    "left turns from four arms": _left_turns,
    "a lorry overtakes two cars and hides them": _lorry_beside_cars,
}
"""Small scenes whose every vehicle a good tracker follows under one identity."""
