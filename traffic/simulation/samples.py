"""Training pictures for the detector, made on demand: one random camera, road, light and traffic a seed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Float32Array, Int64Array, UInt8Array
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign, design_vehicle
from traffic.simulation.painter import Painter, VehicleView, view_vehicles
from traffic.simulation.spec import Lane, SceneSpec, random_spec

MIN_VISIBLE = 0.35
FAR_M = 110.0
_KIND_SHARES = (0.50, 0.14, 0.10, 0.16, 0.10)


@dataclass(frozen=True, eq=False)
class TrainingSample:
    """A picture with its boxes.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        xyxy: (n, 4) float32 pixels, boxes of vehicles of which at least MIN_VISIBLE is to be seen.
        class_ids: (n,) int64, indices into VEHICLE_CLASSES.
        ignore_xyxy: (m, 4) float32, vehicles mostly hidden or cut by the border: neither a hit nor a false alarm.
    """

    image: UInt8Array
    xyxy: Float32Array
    class_ids: Int64Array
    ignore_xyxy: Float32Array


def training_sample(seed: int) -> tuple[UInt8Array, Float32Array, Int64Array]:
    """`image, xyxy, class_ids` of labelled_sample(seed): (h, w, 3) uint8 BGR, (n, 4) float32 pixels, (n,) int64
    indices into VEHICLE_CLASSES; n may be 0. The same seed gives the same sample; sizes vary from 640x360 to
    960x540.
    """
    sample = labelled_sample(seed)
    return sample.image, sample.xyxy, sample.class_ids


def labelled_sample(seed: int) -> TrainingSample:
    """A random picture of a road with dense or thin traffic, its boxes and the boxes to ignore."""
    spec = random_spec(seed)
    rng = np.random.default_rng([seed, 0x7A])
    vehicles = _fill_lanes(spec, rng)
    image = Painter(spec).paint(vehicles, 0, 0.0)
    views = view_vehicles(vehicles, spec.camera)
    shown = [view for view in views if view.visible_fraction >= MIN_VISIBLE]
    hidden = [view for view in views if view.visible_fraction < MIN_VISIBLE]
    classes = [VEHICLE_CLASSES.index(view.vehicle.design.kind) for view in shown]
    return TrainingSample(_compress(image, rng), _boxes(shown), np.array(classes, np.int64), _boxes(hidden))


def _boxes(views: list[VehicleView]) -> Float32Array:
    return np.array([view.xyxy for view in views], np.float32).reshape(-1, 4)


def _fill_lanes(spec: SceneSpec, rng: np.random.Generator) -> tuple[PlacedVehicle, ...]:
    mean_gap = float(rng.choice([3.0, 8.0, 18.0, 40.0], p=[0.2, 0.3, 0.3, 0.2]))
    placed: list[PlacedVehicle] = []
    for lane in spec.lanes:
        placed.extend(_fill_lane(lane, mean_gap, len(placed), rng))
    return tuple(placed)


def _fill_lane(lane: Lane, mean_gap: float, first_id: int, rng: np.random.Generator) -> list[PlacedVehicle]:
    placed: list[PlacedVehicle] = []
    y = float(rng.uniform(-10, 12))
    while True:
        design = _random_design(rng)
        length = design.mesh.size_m[1]
        y += length / 2
        if y > FAR_M:
            return placed
        x = lane.x_m + float(rng.normal(0, 0.25))
        placed.append(PlacedVehicle(first_id + len(placed), design, x, y, lane.direction))
        y += length / 2 + 1.5 + float(rng.exponential(mean_gap))


def _random_design(rng: np.random.Generator) -> VehicleDesign:
    return design_vehicle(str(rng.choice(VEHICLE_CLASSES, p=_KIND_SHARES)), rng)


def _compress(image: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    quality = int(rng.integers(35, 95))
    if rng.random() < 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.2))), np.uint8)
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(decoded, np.uint8)
