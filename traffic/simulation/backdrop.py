"""The still part of a scene: sky, verge, road with its markings and texture. Drawn once at twice the size, then
halved.
"""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.camera import Camera, clip_near
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.mesh import Colour, Floats
from traffic.simulation.palette import LIGHTS, Light
from traffic.simulation.props import draw_props
from traffic.simulation.spec import Lane, SceneSpec

FAR_M = 600.0
_TEXEL_M = 0.04
_TILE = 256


def draw_backdrop(spec: SceneSpec) -> UInt8Array:
    """The scene without vehicles, (h, w, 3)."""
    rng = np.random.default_rng([spec.seed, 0xBD])
    camera, light = spec.camera.scaled(2), LIGHTS[spec.daylight]
    canvas = _sky(camera, light, rng)
    _ground(canvas, camera, spec.lanes, light, rng)
    _texture(canvas, spec.camera, rng)
    draw_props(canvas, camera, road_edges(spec.lanes), light, rng)
    return np.asarray(
        cv2.resize(canvas, (spec.camera.width, spec.camera.height), interpolation=cv2.INTER_AREA), np.uint8
    )


def road_edges(lanes: tuple[Lane, ...]) -> tuple[float, float]:
    """Left and right edge of the carriageway, metres."""
    return (
        min(lane.x_m - lane.width_m / 2 for lane in lanes) - 0.5,
        max(lane.x_m + lane.width_m / 2 for lane in lanes) + 0.5,
    )


def _sky(camera: Camera, light: Light, rng: np.random.Generator) -> UInt8Array:
    horizon = int(np.clip(camera.horizon_y(), 0, camera.height))
    noise, amount = rng.normal(0, 1, (9, 14)).astype(np.float32), float(rng.uniform(0, 16)) * light.ambient
    canvas: UInt8Array = np.zeros((camera.height, camera.width, 3), np.uint8)
    if horizon == 0:
        return canvas
    rows = np.linspace(0, 1, horizon, dtype=np.float32)[:, None, None]
    column = np.array(light.sky_top, np.float32) * (1 - rows) + np.array(light.sky_low, np.float32) * rows
    clouds = np.asarray(cv2.resize(noise, (camera.width, horizon), interpolation=cv2.INTER_CUBIC))
    canvas[:horizon] = np.clip(column + clouds[:, :, None] * amount, 0, 255)
    return canvas


def _lit(colour: Colour, light: Light) -> Colour:
    strength = light.ambient * 1.15 + light.sun_strength * 0.75
    blue, green, red = (min(c * strength * t, 255.0) for c, t in zip(colour, light.tint, strict=True))
    return (blue, green, red)


def fill_ground(canvas: UInt8Array, camera: Camera, corners: Floats, colour: Colour) -> None:
    """Fill a convex polygon of the road plane (n, 2) metres, in place."""
    polygon = clip_near(camera.to_camera(np.column_stack([corners, np.zeros(len(corners))])), 1.0)
    if len(polygon) >= 3:
        points = fixed_point(camera.to_pixels(polygon))
        cv2.fillConvexPoly(canvas, points, colour, cv2.LINE_AA, SHIFT)


def _strip(left: float, right: float, near: float = -20.0, far: float = FAR_M) -> Floats:
    return np.array([[left, near], [right, near], [right, far], [left, far]])


def _ground(
    canvas: UInt8Array, camera: Camera, lanes: tuple[Lane, ...], light: Light, rng: np.random.Generator
) -> None:
    left, right = road_edges(lanes)
    verge = _lit(((58.0, 102.0, 88.0), (70.0, 112.0, 120.0), (104.0, 118.0, 124.0))[rng.integers(3)], light)
    grey = float(rng.uniform(84, 128))
    horizon = int(np.clip(camera.horizon_y(), 0, camera.height))
    canvas[horizon:] = np.array(verge, np.uint8)
    fill_ground(canvas, camera, _strip(left - 2.2, right + 2.2), _lit((132.0, 138.0, 142.0), light))
    fill_ground(canvas, camera, _strip(left - 0.18, right + 0.18), _lit((168.0, 170.0, 170.0), light))
    fill_ground(canvas, camera, _strip(left, right), _lit((grey * 1.02, grey, grey * 0.98), light))
    for lane in lanes:
        _wear(canvas, camera, lane, _lit((grey * 0.93, grey * 0.91, grey * 0.89), light))
    _patches(canvas, camera, (left, right), _lit((grey * 0.78, grey * 0.76, grey * 0.75), light), rng)
    _markings(canvas, camera, lanes, _lit((222.0, 226.0, 226.0), light))


def _wear(canvas: UInt8Array, camera: Camera, lane: Lane, colour: Colour) -> None:
    for offset in (-0.8, 0.8):
        fill_ground(canvas, camera, _strip(lane.x_m + offset - 0.28, lane.x_m + offset + 0.28), colour)


def _patches(
    canvas: UInt8Array, camera: Camera, edges: tuple[float, float], colour: Colour, rng: np.random.Generator
) -> None:
    for _ in range(int(rng.integers(0, 5))):
        x, y = float(rng.uniform(edges[0], edges[1] - 2)), float(rng.uniform(10, 60))
        fill_ground(
            canvas, camera, _strip(x, x + float(rng.uniform(0.4, 2.0)), y, y + float(rng.uniform(1, 7))), colour
        )


def _markings(canvas: UInt8Array, camera: Camera, lanes: tuple[Lane, ...], colour: Colour) -> None:
    for place, lane in enumerate(lanes):
        left, right = lane.x_m - lane.width_m / 2, lane.x_m + lane.width_m / 2
        if place == 0:
            fill_ground(canvas, camera, _strip(left - 0.08, left + 0.08), colour)
        if place + 1 == len(lanes) or lanes[place + 1].direction != lane.direction:
            fill_ground(canvas, camera, _strip(right - 0.08, right + 0.08), colour)
        else:
            _dashes(canvas, camera, right, colour)
        if place and lanes[place - 1].direction != lane.direction:
            fill_ground(canvas, camera, _strip(left - 0.08, left + 0.08), colour)


def _dashes(canvas: UInt8Array, camera: Camera, x: float, colour: Colour) -> None:
    for start in np.arange(0.0, 260.0, 8.0):
        fill_ground(canvas, camera, _strip(x - 0.07, x + 0.07, start, start + 3.0), colour)


def _texture(canvas: UInt8Array, camera: Camera, rng: np.random.Generator) -> None:
    """Grain that lies on the ground, in place: noise looked up by metres, faded where a pixel spans many grains.

    `canvas` has twice the size of the camera's frame.
    """
    top = int(np.clip(camera.horizon_y() + 2, 0, camera.height))
    if top >= camera.height:
        return
    columns, rows = np.meshgrid(
        np.arange(camera.width, dtype=np.float32), np.arange(top, camera.height, dtype=np.float32)
    )
    inverse = np.linalg.inv(camera.ground_to_image()).astype(np.float32)
    x, y, w = (inverse[i, 0] * columns + inverse[i, 1] * rows + inverse[i, 2] for i in range(3))
    x, y = x / w, y / w
    span = y * y / np.float32(camera.focal_px * camera.height_m)
    gain = np.full_like(x, 128.0)
    for texel, amplitude in ((_TEXEL_M, 8.0), (_TEXEL_M * 6, 6.0), (_TEXEL_M * 40, 5.0)):
        gain += _grain(rng, x / texel, y / texel) * np.float32(amplitude) * np.minimum(texel / (span + 1e-6), 1)
    _multiply(canvas[2 * top :], np.clip(gain, 0, 255).astype(np.uint8))


def _multiply(region: UInt8Array, gain: UInt8Array) -> None:
    """Scale `region` (2h, 2w, 3) in place by `gain` (h, w), in which 128 leaves it as it is."""
    fine = cv2.resize(gain, (region.shape[1], region.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(region, cv2.cvtColor(fine, cv2.COLOR_GRAY2BGR), dst=region, scale=1 / 128)


def _grain(rng: np.random.Generator, u: Float32Array, v: Float32Array) -> Float32Array:
    tile = np.pad(rng.standard_normal((_TILE, _TILE), np.float32), ((0, 1), (0, 1)), mode="wrap")
    grain = cv2.remap(tile, u - np.floor(u / _TILE) * _TILE, v - np.floor(v / _TILE) * _TILE, cv2.INTER_LINEAR)
    return np.asarray(grain, np.float32)
