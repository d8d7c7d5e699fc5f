"""Drawn vehicles: the only ones whose type and colour are known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign, design_vehicle
from traffic.simulation.painter import Painter, view_vehicles
from traffic.simulation.palette import COLOUR_SHARES
from traffic.simulation.spec import Lane, SceneSpec, random_spec
from traffic.training.classifier.samples import Sample, cut_sample

LEAST_VISIBLE = 0.75
FAR_M = 70.0
KIND_SHARES = {"car": 0.34, "van": 0.2, "bus": 0.14, "truck": 0.22, "motorcycle": 0.1}
ARTICULATED = "articulated"
GREYS = ("grey", "silver")


def rendered_samples(seeds: Sequence[int], least_side_px: float, cache: Path) -> list[Sample]:
    """The vehicles of one drawn frame a seed, drawn once and kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    return [sample for seed in seeds for sample in _cached(seed, least_side_px, cache / f"vehicles_{seed:07d}.npz")]


def draw_samples(seed: int, least_side_px: float) -> list[Sample]:
    """The vehicles of one seed's frame that are almost whole and at least so large; same seed, same samples."""
    spec = random_spec(seed)
    vehicles = _vehicles(spec, np.random.default_rng([seed, 0xC1A]))
    image = Painter(spec).paint(vehicles, 0, 0.0)
    samples = []
    for view in view_vehicles(vehicles, spec.camera):
        x1, y1, x2, y2 = view.xyxy
        if view.visible_fraction >= LEAST_VISIBLE and min(x2 - x1, y2 - y1) >= least_side_px:
            colour = None if spec.daylight == "night" else colour_of(view.vehicle)
            samples.append(cut_sample(image, view.xyxy, "rendered", type_of(view.vehicle.design), colour))
    return samples


def type_of(design: VehicleDesign) -> str:
    """The classifier's name of a drawn vehicle's type."""
    return "articulated_truck" if design.body == ARTICULATED else design.kind


def colour_of(vehicle: PlacedVehicle) -> str | None:
    """The classifier's name of a drawn vehicle's colour; None for a lorry from behind, whose cab is hidden."""
    design = vehicle.design
    if design.kind == "truck" and vehicle.heading > 0:
        return None
    return "grey" if design.colour in GREYS else design.colour


def _vehicles(spec: SceneSpec, rng: np.random.Generator) -> tuple[PlacedVehicle, ...]:
    placed: list[PlacedVehicle] = []
    for lane in spec.lanes:
        placed.extend(_fill(lane, len(placed), rng))
    return tuple(placed)


def _fill(lane: Lane, first_id: int, rng: np.random.Generator) -> list[PlacedVehicle]:
    placed: list[PlacedVehicle] = []
    y = float(rng.uniform(2, 14))
    while True:
        design = _design(rng)
        length = design.mesh.size_m[1]
        y += length / 2
        if y > FAR_M:
            return placed
        x = lane.x_m + float(rng.normal(0, 0.25))
        placed.append(PlacedVehicle(first_id + len(placed), design, x, y, lane.direction))
        y += length / 2 + 6.0 + float(rng.exponential(9.0))


def _design(rng: np.random.Generator) -> VehicleDesign:
    """A vehicle of a random kind whose colour is as often one as another."""
    kind = str(rng.choice(list(KIND_SHARES), p=list(KIND_SHARES.values())))
    body = ARTICULATED if kind == "truck" and rng.random() < 0.4 else None
    wanted = str(rng.choice(list(COLOUR_SHARES)))
    for _ in range(12):
        design = design_vehicle(kind, rng, body)
        if design.colour == wanted:
            break
    return design


def _cached(seed: int, least_side_px: float, path: Path) -> list[Sample]:
    if not path.exists():
        _keep(draw_samples(seed, least_side_px), path)
    with np.load(path) as stored:
        pictures = np.split(stored["pixels"], np.cumsum(stored["lengths"])[:-1]) if len(stored["lengths"]) else []
        rows = zip(pictures, stored["xyxy"].tolist(), stored["types"], stored["colours"], strict=True)
        return [
            Sample("rendered", _decoded(picture), (x1, y1, x2, y2), str(kind), str(colour) or None)
            for picture, (x1, y1, x2, y2), kind, colour in rows
        ]


def _keep(samples: Sequence[Sample], path: Path) -> None:
    pictures = [cv2.imencode(".png", sample.image)[1].ravel() for sample in samples]
    np.savez(
        path,
        pixels=np.concatenate([np.zeros(0, np.uint8), *pictures]),
        lengths=np.array([len(picture) for picture in pictures], np.int64),
        xyxy=np.array([sample.xyxy for sample in samples], np.float64).reshape(-1, 4),
        types=np.array([sample.type or "" for sample in samples], np.str_),
        colours=np.array([sample.colour or "" for sample in samples], np.str_),
    )


def _decoded(data: UInt8Array) -> UInt8Array:
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
