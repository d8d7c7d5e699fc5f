"""Vehicles as they are bought: kind, body, colour, plate and mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.cars import CAR_SHAPES, build_car
from traffic.simulation.heavy import CANVAS, TRUCK_SHAPES, build_bus, build_truck
from traffic.simulation.mesh import Colour, Floats, Mesh
from traffic.simulation.motorcycle import build_motorcycle
from traffic.simulation.palette import BODY_COLOURS, COLOUR_SHARES
from traffic.simulation.plates import plate_picture, random_plate

BODIES: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "car": ("sedan", "hatchback", "suv", "estate"),
        "van": ("panel van", "minibus"),
        "bus": ("city bus", "midibus"),
        "truck": ("box truck", "light truck", "tipper", "articulated"),
        "motorcycle": ("motorcycle",),
    }
)


@dataclass(frozen=True, eq=False)
class VehicleDesign:
    """One vehicle apart from where it drives; `kind` is one of VEHICLE_CLASSES, `colour` a name of BODY_COLOURS."""

    kind: str
    body: str
    colour: str
    plate: str
    mesh: Mesh
    plate_picture: UInt8Array


@dataclass(frozen=True, eq=False)
class PlacedVehicle:
    """A vehicle on the road at one moment: `x_m`, `y_m` is its middle, `heading` +1 away from the camera, -1 toward
    it.
    """

    vehicle_id: int
    design: VehicleDesign
    x_m: float
    y_m: float
    heading: int

    def to_world(self, points: Floats) -> Floats:
        """Points (n, 3) of the vehicle's own axes on the road, metres."""
        turned = points * np.array([self.heading, self.heading, 1.0])
        moved: Floats = turned + np.array([self.x_m, self.y_m, 0.0])
        return moved


def near_end_m(mesh: Mesh, heading: int) -> float:
    """How far the end that faces the camera lies from the vehicle's middle, metres."""
    along = mesh.vertices[:, 1]
    return float(-along.min() if heading > 0 else along.max())


def design_vehicle(kind: str, rng: np.random.Generator, body: str | None = None) -> VehicleDesign:
    """A random vehicle of a kind; its sizes vary by a few per cent."""
    chosen = body if body is not None else str(rng.choice(BODIES[kind]))
    colour = _random_colour(kind, rng)
    mesh = _vary(_build(chosen, _shade(BODY_COLOURS[colour], rng), rng), rng)
    plate = random_plate(rng)
    return VehicleDesign(kind, chosen, colour, plate, mesh, plate_picture(plate))


def _random_colour(kind: str, rng: np.random.Generator) -> str:
    names = [name for name in COLOUR_SHARES if not (kind == "bus" and name in ("black", "brown"))]
    shares = np.array([COLOUR_SHARES[name] for name in names])
    return str(rng.choice(names, p=shares / shares.sum()))


def _shade(colour: Colour, rng: np.random.Generator) -> Colour:
    gain = float(rng.uniform(0.88, 1.08))
    return (min(colour[0] * gain, 246.0), min(colour[1] * gain, 246.0), min(colour[2] * gain, 246.0))


def _build(body: str, colour: Colour, rng: np.random.Generator) -> Mesh:
    if body in CAR_SHAPES:
        return build_car(CAR_SHAPES[body], colour)
    if body in TRUCK_SHAPES:
        cargo = (
            CANVAS if rng.random() < 0.6 else BODY_COLOURS[str(rng.choice(["blue", "grey", "red", "green", "silver"]))]
        )
        return build_truck(TRUCK_SHAPES[body], colour, colour if body == "tipper" else cargo)
    if body == "motorcycle":
        return build_motorcycle(colour, BODY_COLOURS[str(rng.choice(["black", "white", "red", "blue"]))])
    return build_bus(11.6 if body == "city bus" else 8.6, colour)


def _vary(mesh: Mesh, rng: np.random.Generator) -> Mesh:
    factors = rng.uniform([0.97, 0.95, 0.97], [1.03, 1.05, 1.03])
    plates = tuple(
        plate - plate.mean(axis=0) + plate.mean(axis=0) * factors * np.array([1.0, 1.004, 1.0]) for plate in mesh.plates
    )
    vertices = mesh.vertices * factors
    centres = mesh.centres * factors
    return replace(mesh, vertices=vertices, centres=centres, plates=plates)
