"""A vehicle goes by: the frames in which its plate is followed, each cut out around the vehicle."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.camera import Camera, Floats
from traffic.simulation.fleet import VehicleDesign, design_vehicle
from traffic.simulation.plate_passages.conditions import Conditions, random_conditions
from traffic.simulation.plate_passages.geometry import (
    FPS,
    PLATE_MM,
    cutout,
    frame_numbers,
    hung_plate,
    placed,
    watching_camera,
    without_plates,
)
from traffic.simulation.plate_passages.light import add_plate, road, scattered, vehicle_light
from traffic.simulation.plate_passages.optics import blurred, recorded
from traffic.simulation.plate_passages.road_plates import RoadPlate, road_plate
from traffic.simulation.raster import projected_bounds

MAXIMUM_VIEWS = 12
"""Frames of a passage that are drawn, evenly over it: more than a run reads of most vehicles."""
NANOSECONDS = 1_000_000_000
KIND_SHARES = (("car", 0.82), ("van", 0.11), ("truck", 0.05), ("bus", 0.02))
MOTORCYCLE_KINDS = ("4", "22")
_BOX_JITTER = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class PassageView:
    """One frame of a passage.

    Attributes:
        pts_ns: media time from the passage's beginning.
        image: (h, w, 3) uint8 BGR, the frame around the vehicle and no more.
        vehicle_xyxy: what a detector tells of the vehicle, in the image's pixels.
        plate: (4, 2) float32, the plate's true corners there, clockwise from the top left.
        plate_height_px: how high a plate of 112 mm looks at this distance without foreshortening.
    """

    pts_ns: int
    image: UInt8Array
    vehicle_xyxy: tuple[float, float, float, float]
    plate: Float32Array
    plate_height_px: float


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPassage:
    """A passage with its truth.

    Attributes:
        seed: it was made from.
        text: what the plate reads, canonical.
        country, kind: of the plate.
        vehicle: one of VEHICLE_CLASSES.
        conditions: what stays the same throughout.
        views: in order of time.
    """

    seed: int
    text: str
    country: str
    kind: str
    vehicle: str
    conditions: Conditions
    views: tuple[PassageView, ...]


def draw_passage(
    seed: int, *, plate_height_px: float | None = None, maximum_views: int = MAXIMUM_VIEWS
) -> RenderedPassage:
    """Draw one passage; the same seed gives the same one to the bit.

    Args:
        seed: decides plate, vehicle, camera, light and noise.
        plate_height_px: of a 112 mm plate where the vehicle is nearest, instead of a random height.
        maximum_views: frames of it at most.
    """
    rng = np.random.default_rng([seed, 0x9A55])
    conditions = random_conditions(rng, plate_height_px)
    worn = road_plate(rng)
    kind = _vehicle_kind(worn, rng)
    if kind == "motorcycle":
        conditions = _from_behind(conditions)
    film = _Film(worn, design_vehicle(kind, rng), conditions, rng)
    views = (film.view(number) for number in frame_numbers(conditions, maximum_views))
    plate = worn.plate
    seen = tuple(view for view in views if view is not None)
    return RenderedPassage(seed, plate.text, plate.country, plate.kind, kind, conditions, seen)


class _Film:
    """Draws the views of one passage."""

    def __init__(
        self, worn: RoadPlate, design: VehicleDesign, conditions: Conditions, rng: np.random.Generator
    ) -> None:
        self._worn = worn
        self._conditions = conditions
        self._rng = rng
        self._camera = watching_camera(conditions)
        self._corners = hung_plate(design, worn.size_m, conditions)
        self._design = without_plates(design)
        self._ground = road((self._camera.width, self._camera.height), conditions, rng)
        self._bias = rng.normal(0, _BOX_JITTER, 4)
        self._phase = float(rng.uniform(0, 2 * np.pi))

    def view(self, number: int) -> PassageView | None:
        """The passage in frame `number`; None where its plate is not whole in the frame."""
        vehicle = placed(self._design, self._corners, self._conditions, number)
        bounds = projected_bounds(vehicle, self._camera)
        camera = cutout(self._camera, np.array(bounds)) if bounds is not None else None
        if bounds is None or camera is None:
            return None
        world = vehicle.to_world(self._corners)
        plate = camera.project(world)
        if plate.min() < 2 or np.any(plate.max(axis=0) > np.array([camera.width, camera.height]) - 2):
            return None
        scale = float(camera.focal_px / np.linalg.norm(world.mean(axis=0) - camera.position))
        ground = self._ground[camera.top : camera.top + camera.height, camera.left : camera.left + camera.width]
        light = vehicle_light(ground, vehicle, camera, self._conditions)
        add_plate(light, self._worn.picture, plate, self._brightness(scale))
        light = scattered(light, vehicle, camera, scale * PLATE_MM / 1000, self._conditions)
        light = blurred(light, self._moved(world, camera), self._conditions)
        image = recorded(light, self._exposure(number), self._conditions, self._rng)
        box = self._told_box(np.array(bounds) - [camera.left, camera.top, camera.left, camera.top], camera)
        pts_ns = number * NANOSECONDS // FPS
        return PassageView(pts_ns, image, box, plate.astype(np.float32), scale * PLATE_MM / 1000)

    def _brightness(self, scale: float) -> float:
        """Of the plate: by night it shines the more of the illuminator back the nearer it is."""
        if self._conditions.daytime == "day":
            return self._conditions.plate_gain
        nearest = self._conditions.plate_height_px / (PLATE_MM / 1000)
        return self._conditions.plate_gain * (scale / nearest / 0.75)

    def _moved(self, world: Floats, camera: Camera) -> Floats:
        """How far the plate's image moves while the shutter is open, pixels (2,)."""
        way = self._conditions.heading * self._conditions.speed_mps * self._conditions.exposure_s
        middle = world.mean(axis=0)
        ends = np.stack([middle, middle + np.array([0.0, way, 0.0])])
        pixels = camera.project(ends)
        moved: Floats = pixels[1] - pixels[0]
        return moved

    def _exposure(self, number: int) -> float:
        """A slow swing of the automatic exposure and a change of its own in each frame, as lamps on the mains have."""
        swing = np.sin(2 * np.pi * number / (FPS * 1.7) + self._phase)
        return float(max(1 + self._conditions.flicker * (swing + self._rng.normal()), 0.3))

    def _told_box(self, bounds: Floats, camera: Camera) -> tuple[float, float, float, float]:
        """The box of a detector: about where the vehicle is, clipped to the frame."""
        size = np.tile(bounds[2:] - bounds[:2], 2)
        told = bounds + (self._bias + self._rng.normal(0, _BOX_JITTER, 4)) * size
        low = np.clip(told[:2], 0, None)
        high = np.clip(told[2:], None, [camera.width, camera.height])
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _vehicle_kind(worn: RoadPlate, rng: np.random.Generator) -> str:
    if worn.plate.kind in MOTORCYCLE_KINDS and worn.plate.country == "ru":
        return "motorcycle"
    names = [name for name, _ in KIND_SHARES]
    return str(rng.choice(names, p=[share for _, share in KIND_SHARES]))


def _from_behind(conditions: Conditions) -> Conditions:
    """A motorcycle has no other plate."""
    return replace(conditions, heading=1)
