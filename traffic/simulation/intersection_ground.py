"""The still part of a drawn intersection: two roads that cross, pavements, stop lines, grass in the four corners."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.backdrop import draw_backdrop, fill_ground
from traffic.simulation.camera import Camera
from traffic.simulation.intersection_traffic import ARM_M, CENTRE_Y_M, LANE_M, STOP_M
from traffic.simulation.mesh import Colour, Floats
from traffic.simulation.palette import Daylight
from traffic.simulation.spec import Lane, SceneSpec, TrafficSpec

LANES_A_WAY = 2
ASIDE_M, FAR_M = 90.0, 300.0
"""How far the roads are drawn from the middle, to both sides and away from the camera."""
HALF_ROAD_M = LANES_A_WAY * LANE_M + 0.4
KERB_M, PAVEMENT_M, LINE_M = 0.25, 2.4, 0.14
CORNER_M = 5.0
"""Radius of the kerb between two arms."""
GRASS: Colour = (66.0, 116.0, 100.0)
PAVEMENT: Colour = (146.0, 152.0, 156.0)
KERB: Colour = (178.0, 180.0, 180.0)
WHITE: Colour = (214.0, 218.0, 218.0)
SHADES = {"day": 1.0, "overcast": 0.86, "dusk": 0.55, "night": 0.27}


def intersection_spec(camera: Camera, seed: int, daylight: Daylight) -> SceneSpec:
    """The scene whose backdrop is what lies under and around the intersection: one wide field of asphalt."""
    field = (Lane(0.0, 2 * ASIDE_M, 1),)
    return SceneSpec(seed, 25.0, 1.0, camera, field, TrafficSpec(vehicles=0), daylight=daylight)


def draw_intersection(spec: SceneSpec) -> UInt8Array:
    """The intersection without vehicles, (h, w, 3)."""
    canvas = draw_backdrop(spec)
    shade = SHADES[spec.daylight]
    for x in (-1.0, 1.0):
        for y in (-1.0, 1.0):
            for inset, colour in ((0.0, KERB), (KERB_M, PAVEMENT), (KERB_M + PAVEMENT_M, GRASS)):
                _fill(canvas, spec.camera, _corner(inset) * [x, y], colour, shade)
    for arm in range(4):
        for marking in _markings():
            _fill(canvas, spec.camera, _turned(marking, arm), WHITE, shade)
    return canvas


def _fill(canvas: UInt8Array, camera: Camera, corners: Floats, colour: Colour, shade: float) -> None:
    """A convex patch of road (n, 2), metres from the middle of the intersection."""
    blue, green, red = colour
    fill_ground(canvas, camera, corners + np.array([0.0, CENTRE_Y_M]), (blue * shade, green * shade, red * shade))


def _corner(inset_m: float) -> Floats:
    """The block between two arms, its inner corner rounded, (n, 2)."""
    near, radius = HALF_ROAD_M + inset_m, max(CORNER_M - inset_m, 0.5)
    angle = np.linspace(np.pi, 1.5 * np.pi, 8)
    arc = near + radius + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([arc, [[ASIDE_M, near], [ASIDE_M, FAR_M], [near, FAR_M]]])


def _turned(corners: Floats, arm: int) -> Floats:
    turned: Floats = corners @ np.linalg.matrix_power(np.array([[0.0, 1.0], [-1.0, 0.0]]), arm)
    return turned


def _markings() -> list[Floats]:
    """Of the arm that leads away from the camera's side: stop line, middle line, dashes between its lanes."""
    stop = STOP_M - ARM_M + 0.6
    lines = [_strip(0.1, LANES_A_WAY * LANE_M, stop - 0.2, stop + 0.2)]
    lines += [_strip(x - LINE_M / 2, x + LINE_M / 2, -ASIDE_M, stop) for x in (-0.14, 0.14)]
    for x in (-LANE_M, LANE_M):
        lines += [_strip(x - LINE_M / 2, x + LINE_M / 2, y, y + 3.0) for y in np.arange(-ASIDE_M, stop - 3, 6.0)]
    return lines


def _strip(left: float, right: float, near: float, far: float) -> Floats:
    return np.array([[left, near], [right, near], [right, far], [left, far]])
