"""The light of a passage: the vehicle on its road, its plate, and at night lamps and what they scatter in the lens."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.camera import Camera, Floats
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.mesh import Material
from traffic.simulation.palette import LIGHTS
from traffic.simulation.plate_passages.conditions import Conditions
from traffic.simulation.raster import draw_vehicle

_SUPERSAMPLING = 3
_COARSE = 8
"""Scattered light is reckoned on so many times fewer pixels a side."""
_LAMP = {1: (150.0, 0.10, (0.35, 0.3, 1.0)), -1: (900.0, 0.12, (0.8, 0.95, 1.0))}
"""Of rear and front lamps at night: brightness, radius in metres, colour (BGR)."""


def road(size: tuple[int, int], conditions: Conditions, rng: np.random.Generator) -> UInt8Array:
    """What lies behind the vehicle, (h, w, 3): rough grey asphalt, darker at night."""
    width, height = size
    light = LIGHTS[conditions.light]
    grey = 110.0 * (light.ambient + light.sun_strength * 0.6)
    coarse = rng.normal(grey, 0.12 * grey, (max(height // 24, 2), max(width // 24, 2), 1)) * np.array(light.tint)
    patches = np.clip(coarse, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(patches, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def vehicle_light(ground: UInt8Array, vehicle: PlacedVehicle, camera: Camera, conditions: Conditions) -> Float32Array:
    """A vehicle without its plate over its background, as light (h, w, 3)."""
    picture = ground.copy()
    draw_vehicle(picture, vehicle, camera, LIGHTS[conditions.light])
    return picture.astype(np.float32)


def add_plate(light: Float32Array, picture: UInt8Array, corners: Floats, brightness: float) -> None:
    """Lay a plate's picture where its corners (4, 2) are, in place; `brightness` scales it. Every pixel is the mean of
    what it sees.
    """
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, [light.shape[1], light.shape[0]])
    if np.any(high - low < 2):
        return
    columns, rows = (high - low).tolist()
    target = ((corners - low) * _SUPERSAMPLING - 0.5).astype(np.float32)
    source, matrix = _reduced(picture, target)
    fine = (columns * _SUPERSAMPLING, rows * _SUPERSAMPLING)
    warped = cv2.warpPerspective(source, matrix, fine, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((fine[1], fine[0]), np.float32)
    cv2.fillConvexPoly(mask, np.round(target * 16).astype(np.int32), 1.0, cv2.LINE_8, 4)
    share = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA)[:, :, None]
    seen = cv2.resize(warped, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    region = light[low[1] : high[1], low[0] : high[0]]
    region += (seen * np.float32(brightness) - region) * share


def scattered(
    light: Float32Array, vehicle: PlacedVehicle, camera: Camera, plate_px: float, conditions: Conditions
) -> Float32Array:
    """The light together with what lamps add at night, and with the share of it that the lens strews around."""
    height, width = light.shape[:2]
    if conditions.daytime == "night":
        _add_lamps(light, vehicle, camera)
    if conditions.veil <= 0:
        return light
    coarse = cv2.resize(light, (max(width // _COARSE, 2), max(height // _COARSE, 2)), interpolation=cv2.INTER_AREA)
    strewn = cv2.GaussianBlur(coarse, (0, 0), max(1.6 * plate_px / _COARSE, 0.6))
    veil = cv2.resize(strewn, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.addWeighted(light, 1 - conditions.veil, veil, conditions.veil, 0), np.float32)


def _add_lamps(light: Float32Array, vehicle: PlacedVehicle, camera: Camera) -> None:
    brightness, radius_m, colour = _LAMP[vehicle.heading]
    for lamp in _lamps(vehicle):
        in_camera = camera.to_camera(lamp[None])
        centre = camera.to_pixels(in_camera)[0]
        radius = float(camera.focal_px * radius_m / in_camera[0, 2])
        reach = int(np.ceil(3 * radius))
        left, top = np.maximum((centre - reach).astype(int), 0)
        right, bottom = np.minimum((centre + reach + 1).astype(int), [light.shape[1], light.shape[0]])
        if right <= left or bottom <= top:
            continue
        x = np.exp(-(((np.arange(left, right) + 0.5 - centre[0]) / radius) ** 2))
        y = np.exp(-(((np.arange(top, bottom) + 0.5 - centre[1]) / radius) ** 2))
        glow = (brightness * y[:, None] * x[None, :]).astype(np.float32)
        light[top:bottom, left:right] += cv2.merge([glow * np.float32(share) for share in colour])


def _lamps(vehicle: PlacedVehicle) -> list[Floats]:
    """The middle of the lamps on either side, in the world, metres."""
    mesh = vehicle.design.mesh
    material = Material.TAIL_LAMP if vehicle.heading > 0 else Material.HEAD_LAMP
    chosen = mesh.centres[(mesh.materials == material) & (mesh.centres[:, 2] < 1.4)]
    sides = [chosen[chosen[:, 0] * side >= 0] for side in (-1.0, 1.0)]
    return [vehicle.to_world(lamps).mean(axis=0) for lamps in sides if len(lamps)]


def _reduced(picture: UInt8Array, target: Float32Array) -> tuple[UInt8Array, Floats]:
    """The picture with about as many pixels as its place (4, 2) takes, and the map from it to there, pixel indices."""
    edges = np.linalg.norm(target - np.roll(target, -1, axis=0), axis=1)
    height, width = picture.shape[:2]
    columns = int(np.clip(np.ceil(max(edges[0], edges[2])), 8, width))
    rows = int(np.clip(np.ceil(max(edges[1], edges[3])), 4, height))
    small = np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - np.float32(0.5)
    return small, np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)
