"""Drawn vehicles seen from close by, with the corners of their plates exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.camera import NEAR_M, Camera
from traffic.simulation.fleet import BODIES, PlacedVehicle, design_vehicle
from traffic.simulation.painter import Painter, view_vehicles
from traffic.simulation.spec import SceneSpec, random_spec
from traffic.training.plate_locator.samples import PlateView

MINIMUM_SIDE_PX = 60.0
CLEAR_SHARE = 0.93
MARGIN = 0.08
_SIZE = (960, 720)
_KIND_SHARES = (0.55, 0.13, 0.08, 0.14, 0.10)


def rendered_crops(seeds: Sequence[int], cache: Path) -> list[PlateView]:
    """The vehicles of one frame a seed, each cut out; drawn once and kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    return [crop for seed in seeds for crop in _cached(seed, cache / f"plates_{seed:07d}.npz")]


def draw_crops(seed: int) -> list[PlateView]:
    """Every clear vehicle of one frame, with the plates that face the camera; some vehicles show none."""
    random = np.random.default_rng([seed, 0x91])
    spec = _close_spec(seed, random)
    vehicles = tuple(_placed(place, spec, random) for place in range(int(random.integers(1, 4))))
    image = Painter(spec).paint(vehicles, 0, 0.0)
    views = [view for view in view_vehicles(vehicles, spec.camera) if view.visible_fraction >= CLEAR_SHARE]
    quads = np.concatenate(
        [np.zeros((0, 4, 2), np.float32), *(_facing_plates(view.vehicle, spec.camera) for view in views)]
    )
    crops = (_cut(image, view.xyxy, quads) for view in views)
    return [crop for crop in crops if min(crop.image.shape[:2]) >= MINIMUM_SIDE_PX]


def _close_spec(seed: int, random: np.random.Generator) -> SceneSpec:
    """A random scene through a camera that stands lower or higher, looks closer and further aside."""
    spec = random_spec(seed)
    height_m = float(random.uniform(1.2, 8.0))
    distance_m = float(random.uniform(9.0, 20.0))
    focal = float(random.uniform(1500, 2800))
    pitch = float(np.arctan2(height_m - 1.0, distance_m)) + float(random.normal(0, 0.02))
    yaw = float(random.uniform(-0.6, 0.6))
    x_m = -distance_m * float(np.tan(yaw))
    return replace(spec, camera=Camera(*_SIZE, focal, height_m, pitch, yaw, x_m), noise=float(random.uniform(0, 5)))


def _placed(place: int, spec: SceneSpec, random: np.random.Generator) -> PlacedVehicle:
    design = design_vehicle(str(random.choice(list(BODIES), p=_KIND_SHARES)), random)
    distance_m = float(np.hypot(spec.camera.x_m, spec.camera.x_m / max(np.tan(abs(spec.camera.yaw_rad)), 0.05)))
    near = min(max(distance_m, 10.0), 22.0) + design.mesh.size_m[1] / 2
    heading = 1 if random.random() < 0.5 else -1
    x_m = float(random.normal(0, 0.5)) + (place - 1) * 3.4 * (1 if place else 0)
    return PlacedVehicle(place, design, x_m, near + float(random.uniform(-2, 4)) + 6.0 * place, heading)


def _cut(image: UInt8Array, xyxy: tuple[float, float, float, float], quads: Float32Array) -> PlateView:
    """A vehicle with some room around it, and those of the frame's plates that lie wholly in the cut."""
    x1, y1, x2, y2 = xyxy
    dx, dy = MARGIN * (x2 - x1), MARGIN * (y2 - y1)
    left, top = max(int(x1 - dx), 0), max(int(y1 - dy), 0)
    crop = image[top : int(y2 + dy) + 1, left : int(x2 + dx) + 1]
    moved = quads - np.array([left, top], np.float32)
    inside = ((moved >= 0) & (moved <= [crop.shape[1], crop.shape[0]])).all(axis=(1, 2))
    return PlateView(np.ascontiguousarray(crop), moved[inside], np.ones(int(inside.sum()), np.bool_))


def _facing_plates(vehicle: PlacedVehicle, camera: Camera) -> Float32Array:
    """The plates (n, 4, 2) that one can read from the camera, in frame pixels."""
    seen = [camera.to_camera(vehicle.to_world(plate)) for plate in vehicle.design.mesh.plates]
    quads = [camera.to_pixels(corners) for corners in seen if corners[:, 2].min() >= NEAR_M]
    facing = [quad for quad in quads if cv2.contourArea(quad.astype(np.float32), oriented=True) > 0]
    return np.array(facing, np.float32).reshape(-1, 4, 2)


def _cached(seed: int, path: Path) -> list[PlateView]:
    if not path.exists():
        crops = draw_crops(seed)
        encoded = {f"image{i}": cv2.imencode(".png", crop.image)[1] for i, crop in enumerate(crops)}
        quads = {f"quads{i}": crop.quads for i, crop in enumerate(crops)}
        np.savez(path, allow_pickle=False, **encoded, **quads)
    with np.load(path) as stored:
        return [
            PlateView(
                np.asarray(cv2.imdecode(stored[f"image{i}"], cv2.IMREAD_COLOR), np.uint8),
                stored[f"quads{i}"],
                np.ones(len(stored[f"quads{i}"]), np.bool_),
            )
            for i in range(len(stored.files) // 2)
        ]
