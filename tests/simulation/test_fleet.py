"""Every body that can be bought, measured with a tape."""

import re

import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.simulation.fleet import BODIES, PlacedVehicle, design_vehicle, near_end_m
from traffic.simulation.palette import BODY_COLOURS

TAPE = {  # length and height of real ones, metres
    "sedan": ((4.2, 5.0), (1.35, 1.6)),
    "hatchback": ((3.7, 4.4), (1.4, 1.65)),
    "suv": ((4.2, 5.0), (1.6, 1.9)),
    "estate": ((4.3, 5.1), (1.4, 1.6)),
    "panel van": ((5.0, 6.1), (2.3, 2.7)),
    "minibus": ((5.2, 6.2), (2.3, 2.7)),
    "city bus": ((10.5, 12.5), (2.8, 3.5)),
    "midibus": ((7.8, 9.3), (2.8, 3.5)),
    "box truck": ((7.5, 9.0), (3.2, 4.0)),
    "light truck": ((5.8, 6.9), (2.6, 3.2)),
    "tipper": ((7.0, 8.2), (2.6, 3.2)),
    "articulated": ((15.0, 17.5), (3.7, 4.2)),
    "motorcycle": ((1.9, 2.3), (1.6, 1.85)),
}


def test_the_kinds_are_those_of_the_detector() -> None:
    assert set(BODIES) == set(VEHICLE_CLASSES)


@pytest.mark.parametrize(("kind", "body"), [(kind, body) for kind, bodies in BODIES.items() for body in bodies])
def test_a_body_is_true_to_life(kind: str, body: str) -> None:
    design = design_vehicle(kind, np.random.default_rng(3), body)
    width, length, height = design.mesh.size_m
    (shortest, longest), (lowest, highest) = TAPE[body]
    assert shortest <= length <= longest
    assert lowest <= height <= highest
    assert width <= 3.05
    assert design.mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)
    assert design.colour in BODY_COLOURS


@pytest.mark.parametrize(("kind", "plates"), [("car", 2), ("van", 2), ("bus", 2), ("truck", 2), ("motorcycle", 1)])
def test_plates_hang_where_the_law_wants_them(kind: str, plates: int) -> None:
    design = design_vehicle(kind, np.random.default_rng(4))
    assert len(design.mesh.plates) == plates
    assert re.fullmatch(r"[ABEKMHOPCTYX]\d{3}[ABEKMHOPCTYX]{2}\d{2,3}", design.plate)


def test_the_same_seed_buys_the_same_vehicle() -> None:
    first, second = (design_vehicle("car", np.random.default_rng(9)) for _ in range(2))
    assert (first.plate, first.colour, first.body) == (second.plate, second.colour, second.body)
    assert np.array_equal(first.mesh.vertices, second.mesh.vertices)


@pytest.mark.parametrize("heading", [1, -1])
def test_the_near_end_is_the_one_that_faces_the_camera(heading: int) -> None:
    design = design_vehicle("truck", np.random.default_rng(5))
    placed = PlacedVehicle(1, design, 2.0, 40.0, heading)
    nearest = placed.to_world(design.mesh.vertices)[:, 1].min()
    assert 40.0 - near_end_m(design.mesh, heading) == pytest.approx(nearest)
