"""What stands beside the road: buildings, trees and lamp posts."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.camera import Camera, clip_near
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.mesh import Colour, Floats
from traffic.simulation.palette import Light


def draw_props(
    canvas: UInt8Array, camera: Camera, edges: tuple[float, float], light: Light, rng: np.random.Generator
) -> None:
    """Draw the roadside from far to near into `canvas`, in place."""
    _far_forest(canvas, camera, light, rng)
    for y in np.arange(230.0, 14.0, -float(rng.uniform(9, 22))):
        for side, edge in ((-1.0, edges[0]), (1.0, edges[1])):
            x = edge + side * float(rng.uniform(6, 22))
            if rng.random() < 0.25:
                _building(canvas, camera, (x + side * 10, float(y)), light, rng)
            elif rng.random() < 0.7:
                _tree(canvas, camera, (x, float(y)), light, rng)
        if rng.random() < 0.35:
            _post(canvas, camera, (edges[1] + 1.2, float(y)), light)


def _lit(colour: Colour, light: Light, gain: float) -> Colour:
    strength = (light.ambient + light.sun_strength * 0.5) * gain
    blue, green, red = (min(c * strength * t, 255.0) for c, t in zip(colour, light.tint, strict=True))
    return (blue, green, red)


def _fill(canvas: UInt8Array, camera: Camera, corners: Floats, colour: Colour) -> None:
    polygon = clip_near(camera.to_camera(corners), 1.0)
    if len(polygon) >= 3:
        points = fixed_point(camera.to_pixels(polygon))
        cv2.fillConvexPoly(canvas, points, colour, cv2.LINE_AA, SHIFT)


def _far_forest(canvas: UInt8Array, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    horizon = camera.horizon_y()
    colour = _lit((74.0, 92.0, 82.0), light, 0.9)
    heights = np.abs(rng.normal(0.022, 0.008, 90)) * camera.height + 3
    for x, height in zip(np.linspace(0, camera.width, 90), heights, strict=True):
        axes = (max(int(camera.width / 70), 2), int(height))
        cv2.ellipse(canvas, (int(x), int(horizon + height * 0.3)), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)


def _building(
    canvas: UInt8Array, camera: Camera, place: tuple[float, float], light: Light, rng: np.random.Generator
) -> None:
    (x, y), width, depth, height = (
        place,
        float(rng.uniform(8, 14)),
        float(rng.uniform(8, 16)),
        float(rng.uniform(5, 18)),
    )
    wall: Colour = ((150.0, 176.0, 196.0), (120.0, 130.0, 160.0), (190.0, 196.0, 200.0))[rng.integers(3)]
    toward = -1.0 if x > camera.x_m else 1.0
    inner = x + toward * width / 2
    front = np.array(
        [[x - width / 2, y, 0], [x + width / 2, y, 0], [x + width / 2, y, height], [x - width / 2, y, height]]
    )
    flank = np.array([[inner, y, 0], [inner, y + depth, 0], [inner, y + depth, height], [inner, y, height]])
    for wall_face, gain in ((flank, 0.75), (front, 1.0)):
        _fill(canvas, camera, wall_face, _lit(wall, light, gain))
        _windows(canvas, camera, wall_face, light, rng)


def _windows(canvas: UInt8Array, camera: Camera, wall: Floats, light: Light, rng: np.random.Generator) -> None:
    columns, rows = int(np.linalg.norm(wall[1] - wall[0]) / 2.6), int(wall[2][2] / 3.0)
    for row in range(rows):
        for column in range(columns):
            glow = light.lamps > 0.6 and rng.random() < 0.3
            colour = (120.0, 190.0, 220.0) if glow else _lit((70.0, 62.0, 56.0), light, 1.0)
            along = (wall[1] - wall[0]) / columns
            corner = wall[0] + along * (column + 0.25) + np.array([0, 0, row * 3.0 + 1.0])
            up = np.array([0, 0, 1.4])
            _fill(
                canvas, camera, np.array([corner, corner + along * 0.5, corner + along * 0.5 + up, corner + up]), colour
            )


def _tree(
    canvas: UInt8Array, camera: Camera, place: tuple[float, float], light: Light, rng: np.random.Generator
) -> None:
    (x, y), height = place, float(rng.uniform(3.5, 10))
    trunk = np.array([[x - 0.15, y, 0], [x + 0.15, y, 0], [x + 0.15, y, height * 0.5], [x - 0.15, y, height * 0.5]])
    _fill(canvas, camera, trunk, _lit((44.0, 58.0, 74.0), light, 1.0))
    green: Colour = ((40.0, 92.0, 64.0), (48.0, 104.0, 92.0), (36.0, 74.0, 60.0))[rng.integers(3)]
    for step in range(26):
        middle = np.array([[x, y, height * 0.62]]) + rng.normal(0, 1, (1, 3)) * height * np.array([0.17, 0.0, 0.15])
        in_camera = camera.to_camera(middle)
        if in_camera[0, 2] < 4.0:
            return
        pixel, radius = camera.to_pixels(in_camera)[0], camera.focal_px * height * 0.11 / in_camera[0, 2]
        colour = _lit(green, light, 0.6 + 0.03 * step + float(rng.uniform(-0.08, 0.08)))
        axes = (max(int(radius), 1), max(int(radius * 0.8), 1))
        cv2.ellipse(canvas, (int(pixel[0]), int(pixel[1])), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)


def _post(canvas: UInt8Array, camera: Camera, place: tuple[float, float], light: Light) -> None:
    x, y = place
    colour = _lit((120.0, 124.0, 126.0), light, 0.9)
    _fill(
        canvas, camera, np.array([[x - 0.09, y, 0], [x + 0.09, y, 0], [x + 0.06, y, 8.5], [x - 0.06, y, 8.5]]), colour
    )
    arm = np.array([[x - 2.4, y, 8.4], [x, y, 8.4], [x, y, 8.55], [x - 2.4, y, 8.55]])
    _fill(canvas, camera, arm, colour)
    if light.lamps > 0.6:
        head = np.array([[x - 2.7, y, 8.2], [x - 1.9, y, 8.2], [x - 1.9, y, 8.45], [x - 2.7, y, 8.45]])
        _fill(canvas, camera, head, (200.0, 235.0, 250.0))
