"""What vehicles do to the picture around them: shadows, the light of headlamps; and what the sensor adds."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.camera import Camera, clip_near
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.mesh import Floats, Material
from traffic.simulation.palette import Light


def cast_shadows(image: UInt8Array, vehicles: tuple[PlacedVehicle, ...], camera: Camera, light: Light) -> None:
    """Darken the road under and beside the vehicles, in place."""
    for vehicle in vehicles:
        if light.shadow > 0:
            _darken(image, _sun_shadow(vehicle, light), camera, light.shadow, 0.12)
        _darken(image, _footprint(vehicle), camera, 0.62, 0.35)


def _sun_shadow(vehicle: PlacedVehicle, light: Light) -> Floats:
    points = vehicle.to_world(vehicle.design.mesh.vertices)
    slide = np.array(light.sun[:2]) / light.sun[2]
    return points[:, :2] - points[:, 2:3] * slide


def _footprint(vehicle: PlacedVehicle) -> Floats:
    points = vehicle.to_world(vehicle.design.mesh.vertices)
    low, high = points.min(axis=0)[:2], points.max(axis=0)[:2]
    inset = np.array([0.1, -0.1])
    low, high = low + inset, high - inset
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])


def _darken(image: UInt8Array, ground: Floats, camera: Camera, strength: float, blur_m: float) -> None:
    hull = cv2.convexHull(ground.astype(np.float32))[:, 0].astype(np.float64)
    found = _soft_mask(hull, camera, blur_m)
    if found is None:
        return
    (left, top), mask = found
    region = image[top : top + mask.shape[0], left : left + mask.shape[1]]
    keep = cv2.cvtColor(cv2.convertScaleAbs(mask, alpha=strength), cv2.COLOR_GRAY2BGR)
    cv2.multiply(region, 255 - keep, dst=region, scale=1 / 255)


def _soft_mask(ground: Floats, camera: Camera, blur_m: float) -> tuple[tuple[int, int], UInt8Array] | None:
    polygon = clip_near(camera.to_camera(np.column_stack([ground, np.zeros(len(ground))])), 2.0)
    if len(polygon) < 3:
        return None
    pixels = camera.to_pixels(polygon)
    blur = max(int(camera.focal_px * blur_m / float(polygon[:, 2].mean())), 1)
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 2 * blur, 0)
    high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 2 * blur, [camera.width, camera.height])
    if np.any(high - low < 2):
        return None
    mask: UInt8Array = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillConvexPoly(mask, fixed_point(pixels - low), 255.0, cv2.LINE_AA, SHIFT)
    kernel = (2 * blur + 1, 2 * blur + 1)
    return (int(low[0]), int(low[1])), np.asarray(cv2.blur(cv2.blur(mask, kernel), kernel), np.uint8)


def light_road(image: UInt8Array, vehicles: tuple[PlacedVehicle, ...], camera: Camera, light: Light) -> None:
    """Brighten the road in front of lit headlamps, in place."""
    if light.lamps < 0.5:
        return
    for vehicle in vehicles:
        front = vehicle.y_m + vehicle.heading * vehicle.design.mesh.size_m[1] / 2
        reach = np.array([1.5, 12.0]) * vehicle.heading + front
        x = vehicle.x_m
        fan = np.array([[x - 0.9, reach[0]], [x + 0.9, reach[0]], [x + 2.4, reach[1]], [x - 2.4, reach[1]]])
        found = _soft_mask(fan, camera, 1.2)
        if found is not None:
            (left, top), mask = found
            region = image[top : top + mask.shape[0], left : left + mask.shape[1]]
            glow = cv2.merge([cv2.convertScaleAbs(mask, alpha=light.lamps * share) for share in (0.14, 0.17, 0.18)])
            cv2.add(region, glow, dst=region)


def glare(image: UInt8Array, vehicle: PlacedVehicle, camera: Camera, light: Light) -> None:
    """Halos around a vehicle's lit lamps that face the camera, in place."""
    if light.lamps < 0.5:
        return
    material = Material.TAIL_LAMP if vehicle.heading > 0 else Material.HEAD_LAMP
    mesh = vehicle.design.mesh
    chosen = mesh.centres[(mesh.materials == material) & (mesh.centres[:, 2] < 1.4)]
    for side in (-1.0, 1.0):
        lamps = chosen[chosen[:, 0] * side >= 0]
        if len(lamps):
            _halo(image, vehicle.to_world(lamps).mean(axis=0), camera, light, vehicle.heading)


def _halo(image: UInt8Array, lamp: Floats, camera: Camera, light: Light, heading: int) -> None:
    in_camera = camera.to_camera(lamp[None])
    if in_camera[0, 2] < 2.0:
        return
    centre = camera.to_pixels(in_camera)[0]
    radius = int(np.clip(camera.focal_px * (0.55 if heading < 0 else 0.25) / in_camera[0, 2], 2, 40))
    left, top = np.maximum((centre - 2 * radius).astype(int), 0)
    right, bottom = np.minimum((centre + 2 * radius + 1).astype(int), [camera.width, camera.height])
    if right <= left or bottom <= top:
        return
    y, x = np.mgrid[top:bottom, left:right]
    fall = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (0.5 * radius * radius)) * light.lamps
    colour = np.array([190.0, 225.0, 240.0]) if heading < 0 else np.array([20.0, 20.0, 130.0])
    region = image[top:bottom, left:right]
    cv2.add(region, (fall[:, :, None] * colour).astype(np.uint8), dst=region)


class Sensor:
    """Noise and a slow drift of brightness, the same for the same seed and frame index. Keeps two noise pictures."""

    def __init__(self, width: int, height: int, noise: float, seed: int) -> None:
        self._seed = seed
        self._size = (width, height)
        rng = np.random.default_rng([seed, 0x5E])
        grain = rng.standard_normal((height + 64, width + 64, 3), np.float32)
        grain += rng.standard_normal((height + 64, width + 64, 1), np.float32) * np.float32(0.6)
        grain *= np.float32(noise)
        self._brighter = np.clip(grain, 0, 255).astype(np.uint8)
        self._darker = np.clip(-grain, 0, 255).astype(np.uint8)
        self._phase = float(rng.uniform(0, 2 * np.pi))

    def expose(self, image: UInt8Array, index: int, seconds: float) -> UInt8Array:
        """What the sensor makes of `image` (h, w, 3) in frame `index` at a media time."""
        gain = 1.0 + 0.02 * float(np.sin(seconds * 2 * np.pi / 17.0 + self._phase))
        width, height = self._size
        rng = np.random.default_rng([self._seed, index, 0x5F])
        x, y = (int(offset) for offset in rng.integers(0, 64, 2))
        lit = cv2.convertScaleAbs(image, alpha=gain)
        noisy = cv2.add(lit, self._brighter[y : y + height, x : x + width])
        exposed: UInt8Array = np.asarray(cv2.subtract(noisy, self._darker[y : y + height, x : x + width]), np.uint8)
        return exposed
