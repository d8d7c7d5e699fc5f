"""The vehicles of an intersection as meshes: any heading, and as long as the traffic planned them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES
from traffic.simulation.fleet import BODIES, PlacedVehicle, VehicleDesign, design_vehicle
from traffic.simulation.intersection_traffic import Actor
from traffic.simulation.mesh import Floats, Mesh

CHOICES = 3
"""Among how many bodies, the ones nearest in length, one is drawn."""


def design_fleet(actors: Sequence[Actor], seed: int) -> dict[int, VehicleDesign]:
    """A design for each actor by its number; the same seed gives the same ones."""
    return {actor.vehicle_id: _design(actor, seed) for actor in actors}


def place_turned(actor: Actor, design: VehicleDesign, seconds: float) -> PlacedVehicle | None:
    """The actor on the road at a moment, its heading turned into the mesh; None while it is not there."""
    along = actor.schedule.at(seconds)
    if along is None:
        return None
    place, heading = actor.route.at(np.array([along]))
    turned = replace(design, mesh=turn_mesh(design.mesh, heading[0]))
    return PlacedVehicle(actor.vehicle_id, turned, float(place[0, 0]), float(place[0, 1]), 1)


def turn_mesh(mesh: Mesh, heading: Floats) -> Mesh:
    """The mesh of a vehicle that looks along `heading` (2,), a unit vector on the road, instead of along y."""
    across, along = heading
    turn = np.array([[along, -across, 0.0], [across, along, 0.0], [0.0, 0.0, 1.0]])
    return replace(
        mesh,
        vertices=mesh.vertices @ turn,
        normals=mesh.normals @ turn,
        centres=mesh.centres @ turn,
        plates=tuple(plate @ turn for plate in mesh.plates),
    )


def _design(actor: Actor, seed: int) -> VehicleDesign:
    """Of the actor's class; what is left between its body's length and the actor's is stretched."""
    rng = np.random.default_rng([seed, actor.vehicle_id, 0xF1])
    kind = VEHICLE_CLASSES[actor.class_id]
    designs = [design_vehicle(kind, rng, body) for body in BODIES[kind]]
    length_m = actor.size[1]
    nearest = sorted(designs, key=lambda design: abs(np.log(design.mesh.size_m[1] / length_m)))
    alike = [each for each in nearest if _stretch(each, length_m) < 2 * _stretch(nearest[0], length_m) + 0.1]
    chosen = alike[int(rng.integers(min(len(alike), CHOICES)))]
    return replace(chosen, mesh=_lengthened(chosen.mesh, length_m / chosen.mesh.size_m[1]))


def _stretch(design: VehicleDesign, length_m: float) -> float:
    return abs(float(np.log(design.mesh.size_m[1] / length_m)))


def _lengthened(mesh: Mesh, factor: float) -> Mesh:
    factors = np.array([1.0, factor, 1.0])
    return replace(
        mesh,
        vertices=mesh.vertices * factors,
        centres=mesh.centres * factors,
        plates=tuple(plate * factors for plate in mesh.plates),
    )
