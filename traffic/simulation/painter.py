"""One frame from its parts: backdrop, shadows, vehicles from far to near, light, sensor. And which box each vehicle
has in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.backdrop import draw_backdrop
from traffic.simulation.camera import Camera
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.effects import Sensor, cast_shadows, glare, light_road
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.mesh import Floats
from traffic.simulation.palette import LIGHTS
from traffic.simulation.raster import draw_vehicle, projected_points
from traffic.simulation.spec import SceneSpec

MIN_SIDE_PX = 4.0


@dataclass(frozen=True)
class VehicleView:
    """A vehicle as one frame shows it: its box clipped to the frame (x1, y1, x2, y2) pixels, and which share of its
    outline is neither outside the frame nor behind a nearer vehicle.
    """

    vehicle: PlacedVehicle
    xyxy: tuple[float, float, float, float]
    visible_fraction: float


class Painter:
    """Paints frames of one scene; keeps its backdrop and its sensor's noise."""

    def __init__(self, spec: SceneSpec) -> None:
        self._camera = spec.camera
        self._light = LIGHTS[spec.daylight]
        self._backdrop = draw_backdrop(spec)
        self._sensor = Sensor(spec.camera.width, spec.camera.height, spec.noise, spec.seed)

    def paint(self, vehicles: tuple[PlacedVehicle, ...], index: int, seconds: float) -> UInt8Array:
        """The frame `index`, taken at media time `seconds`, (h, w, 3)."""
        image = self._backdrop.copy()
        ordered = far_to_near(vehicles, self._camera)
        light_road(image, ordered, self._camera, self._light)
        cast_shadows(image, ordered, self._camera, self._light)
        for vehicle in ordered:
            draw_vehicle(image, vehicle, self._camera, self._light)
            glare(image, vehicle, self._camera, self._light)
        return self._sensor.expose(image, index, seconds)


def far_to_near(vehicles: tuple[PlacedVehicle, ...], camera: Camera) -> tuple[PlacedVehicle, ...]:
    """The order in which vehicles hide each other."""
    return tuple(sorted(vehicles, key=lambda v: (-_nearest(v, camera), v.vehicle_id)))


def _nearest(vehicle: PlacedVehicle, camera: Camera) -> float:
    """Distance on the road from the camera's foot to the vehicle's bounding rectangle, metres."""
    width, length, _ = vehicle.design.mesh.size_m
    across = max(abs(vehicle.x_m - camera.x_m) - width / 2, 0.0)
    along = max(abs(vehicle.y_m) - length / 2, 0.0)
    return float(np.hypot(across, along))


def view_vehicles(vehicles: tuple[PlacedVehicle, ...], camera: Camera) -> tuple[VehicleView, ...]:
    """Boxes and visible shares of the vehicles whose clipped box is at least MIN_SIDE_PX a side.

    Outlines are convex hulls of the projected meshes, so a share is a little too small where a hull hides what the
    mesh does not.
    """
    covered: UInt8Array = np.zeros((camera.height, camera.width), np.uint8)
    views = [_view(vehicle, camera, covered) for vehicle in far_to_near(vehicles, camera)[::-1]]
    return tuple(sorted((v for v in views if v is not None), key=lambda v: v.vehicle.vehicle_id))


def _view(vehicle: PlacedVehicle, camera: Camera, covered: UInt8Array) -> VehicleView | None:
    points = projected_points(vehicle, camera)
    if len(points) == 0:
        return None
    low = np.clip(points.min(axis=0), 0, [camera.width, camera.height])
    high = np.clip(points.max(axis=0), 0, [camera.width, camera.height])
    if (high - low).min() <= 0:
        return None
    free = _claim(points, low, high, covered)
    if (high - low).min() < MIN_SIDE_PX:
        return None
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return VehicleView(vehicle, box, free)


def _claim(points: Floats, low: Floats, high: Floats, covered: UInt8Array) -> float:
    """The share of the points' hull that lies in the frame and is not covered yet; covers it."""
    hull = np.asarray(cv2.convexHull(points.astype(np.float32)), np.float32)
    left, top = np.floor(low).astype(int)
    right, bottom = np.ceil(high).astype(int)
    region = covered[top:bottom, left:right]
    mask = np.zeros(region.shape, np.uint8)
    fixed = fixed_point(hull[:, 0].astype(np.float64) - np.array([left, top]))
    cv2.fillConvexPoly(mask, fixed, 1.0, cv2.LINE_8, SHIFT)
    inside, free = int(mask.sum()), int((mask & (1 - region)).sum())
    region |= mask
    if inside == 0:
        return 0.0
    area = max(float(cv2.contourArea(hull)), 1e-6)
    in_frame = min(_area_in_frame(hull, low, high) / area, 1.0)
    return in_frame * free / inside


def _area_in_frame(hull: Float32Array, low: Floats, high: Floats) -> float:
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]], np.float32)
    area, _ = cv2.intersectConvexConvex(hull, corners[:, None])
    return float(area)
