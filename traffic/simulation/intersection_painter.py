"""Frames of a drawn intersection, and exactly what is to be seen in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, UInt8Array
from traffic.simulation.camera import Camera, clip_near
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.effects import Sensor
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.intersection import SECOND_NS, IntersectionScene
from traffic.simulation.intersection_fleet import design_fleet, place_turned
from traffic.simulation.intersection_ground import HALF_ROAD_M, draw_intersection, intersection_spec
from traffic.simulation.intersection_traffic import CENTRE_Y_M, is_green
from traffic.simulation.intersection_view import Sight
from traffic.simulation.mesh import Colour, Floats
from traffic.simulation.painter import VehicleView, far_to_near, view_vehicles
from traffic.simulation.palette import LIGHTS, Daylight
from traffic.simulation.raster import draw_vehicle

SHADOW = 0.45
"""How much of its light the road loses under and behind a vehicle."""
RED: Colour = (40.0, 40.0, 235.0)
GREEN: Colour = (80.0, 220.0, 60.0)
POST: Colour = (60.0, 62.0, 64.0)
HEAD_M = 0.35


@dataclass(frozen=True, eq=False)
class DrawnFrame:
    """One frame: its media time, the picture (h, w, 3) uint8 BGR, read-only, and the truth."""

    pts_ns: int
    image: UInt8Array
    sight: Sight


class IntersectionPainter:
    """Draws one scene at any moment; keeps its backdrop, so make one a scene. Light is day or overcast: no lamps."""

    def __init__(self, scene: IntersectionScene, seed: int, daylight: Daylight = "day") -> None:
        spec = intersection_spec(scene.camera, seed, daylight)
        self._scene = scene
        self._camera = scene.camera
        self._light = LIGHTS[daylight]
        self._designs = design_fleet(scene.actors, seed)
        self._backdrop = draw_intersection(spec)
        self._sensor = Sensor(scene.camera.width, scene.camera.height, spec.noise, seed)

    def film(self, seconds: Iterable[float]) -> Iterator[DrawnFrame]:
        """The frames at these moments."""
        for index, moment in enumerate(seconds):
            yield self.frame(index, moment)

    def frame(self, index: int, seconds: float) -> DrawnFrame:
        """Frame `index` of a recording, taken at a moment."""
        placed = [place_turned(actor, self._designs[actor.vehicle_id], seconds) for actor in self._scene.actors]
        vehicles = tuple(vehicle for vehicle in placed if vehicle is not None)
        image = self._sensor.expose(self._paint(vehicles, seconds), index, seconds)
        image.flags.writeable = False
        return DrawnFrame(round(seconds * SECOND_NS), image, _sight(view_vehicles(vehicles, self._camera)))

    def _paint(self, vehicles: tuple[PlacedVehicle, ...], seconds: float) -> UInt8Array:
        image = self._backdrop.copy()
        ordered = far_to_near(vehicles, self._camera)
        for vehicle in ordered:
            _cast_shadow(image, vehicle, self._camera, self._light.sun)
        posts = sorted(range(4), key=lambda arm: -float(_post(arm)[1]))
        far = [arm for arm in posts if _post(arm)[1] > CENTRE_Y_M]
        _draw_signals(image, self._camera, far, seconds)
        for vehicle in ordered:
            draw_vehicle(image, vehicle, self._camera, self._light)
        _draw_signals(image, self._camera, [arm for arm in posts if arm not in far], seconds)
        return image


def _sight(views: Iterable[VehicleView]) -> Sight:
    shown = list(views)
    kinds = [VEHICLE_CLASSES.index(view.vehicle.design.kind) for view in shown]
    xyxy = np.array([view.xyxy for view in shown], np.float32).reshape(-1, 4)
    return Sight(
        np.array([view.vehicle.vehicle_id for view in shown], np.int64),
        np.array(kinds, np.int64),
        xyxy,
        np.array([view.visible_fraction for view in shown]),
        xyxy,
    )


def _cast_shadow(image: UInt8Array, vehicle: PlacedVehicle, camera: Camera, sun: tuple[float, float, float]) -> None:
    """Darken the road under a vehicle and where it keeps the sun away, in place."""
    points = vehicle.to_world(vehicle.design.mesh.vertices)
    slid = points[:, :2] - points[:, 2:3] * (np.array(sun[:2]) / sun[2])
    hull = cv2.convexHull(slid.astype(np.float32))[:, 0].astype(np.float64)
    polygon = clip_near(camera.to_camera(np.column_stack([hull, np.zeros(len(hull))])), 2.0)
    if len(polygon) < 3:
        return
    pixels = camera.to_pixels(polygon)
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 2, [camera.width, camera.height])
    if (high - low).min() < 2:
        return
    mask: UInt8Array = np.zeros((high[1] - low[1], high[0] - low[0], 3), np.uint8)
    cv2.fillConvexPoly(mask, fixed_point(pixels - low), (255 * SHADOW,) * 3, cv2.LINE_AA, SHIFT)
    region = image[low[1] : high[1], low[0] : high[0]]
    cv2.multiply(region, 255 - np.asarray(cv2.blur(mask, (3, 3)), np.uint8), dst=region, scale=1 / 255)


def _post(arm: int) -> Floats:
    """Where the signal of an arm stands, metres: to the right of its stop line."""
    beside = np.array([HALF_ROAD_M + 1.0, -HALF_ROAD_M - 4.0])
    place: Floats = beside @ np.linalg.matrix_power(np.array([[0.0, 1.0], [-1.0, 0.0]]), arm)
    place[1] += CENTRE_Y_M
    return place


def _draw_signals(image: UInt8Array, camera: Camera, arms: Iterable[int], seconds: float) -> None:
    for arm in arms:
        x, y = _post(arm)
        foot, head = camera.to_camera(np.array([[x, y, 0.0], [x, y, 3.4]]))
        if min(foot[2], head[2]) < 2.0:
            continue
        ends = camera.to_pixels(np.stack([foot, head])).round().astype(int)
        width = max(1, round(0.12 * camera.focal_px / float(foot[2])))
        cv2.line(image, ends[0].tolist(), ends[1].tolist(), POST, width, cv2.LINE_AA)
        radius = max(2, round(HEAD_M * camera.focal_px / float(head[2])))
        cv2.circle(image, ends[1].tolist(), radius, POST, -1, cv2.LINE_AA)
        colour = GREEN if is_green(arm, seconds) else RED
        cv2.circle(image, ends[1].tolist(), max(1, radius - 1), colour, -1, cv2.LINE_AA)
