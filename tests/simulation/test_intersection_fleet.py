from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.intersection_fleet import design_fleet, place_turned, turn_mesh
from traffic.simulation.intersection_route import route, schedule
from traffic.simulation.intersection_traffic import Actor

CAR, LORRY, BUS = (0, (1.8, 4.5, 1.5)), (3, (2.5, 14.0, 3.9)), (2, (2.55, 12.0, 3.2))


def _actor(kind: int = 0, size: tuple[float, float, float] = CAR[1], to: tuple[float, float] = (0.0, 60.0)) -> Actor:
    return Actor(7, kind, size, route([(0.0, 0.0), to]), schedule(1.0, [(4.0, 10.0)], 10.0))


@pytest.mark.parametrize(("kind", "size"), [CAR, LORRY, BUS, (1, (2.0, 5.6, 2.4)), (4, (0.8, 2.2, 1.6))])
def test_a_design_is_of_the_class_and_as_long_as_planned(kind, size):
    design = design_fleet([_actor(kind, size)], 3)[7]
    assert design.kind == ("car", "van", "bus", "truck", "motorcycle")[kind]
    width, length, height = design.mesh.size_m
    assert length == pytest.approx(size[1])
    assert 0.6 < width / size[0] < 1.5
    assert 0.6 < height / size[2] < 1.5


def test_the_same_seed_gives_the_same_vehicles_and_another_one_others():
    actors = [Actor(i, *CAR, _actor().route, _actor().schedule) for i in range(12)]
    looks = [[each.colour for each in design_fleet(actors, seed).values()] for seed in (1, 1, 2)]
    assert looks[0] == looks[1] != looks[2]


@pytest.mark.parametrize(
    ("story", "to", "x", "y"),
    [("away", (0.0, 60.0), 0, 20), ("to the right", (60.0, 0.0), 20, 0), ("toward", (0.0, -60.0), 0, -20)],
)
def test_a_vehicle_stands_on_its_way_and_looks_along_it(story, to, x, y):
    actor = _actor(to=to)
    design = design_fleet([actor], 1)[7]
    placed = place_turned(actor, design, 3.0)
    nose = design.mesh.vertices[:, 1].argmax()
    at = placed.to_world(placed.design.mesh.vertices)[nose]
    assert (placed.x_m, placed.y_m) == (pytest.approx(x, abs=0.3), pytest.approx(y, abs=0.3))
    ahead = (at[:2] - [placed.x_m, placed.y_m]) @ (np.array(to) / 60.0)
    assert ahead == pytest.approx(design.mesh.vertices[:, 1].max(), abs=0.05)


def test_before_and_after_its_time_a_vehicle_is_not_there():
    actor = _actor()
    design = design_fleet([actor], 1)[7]
    assert [place_turned(actor, design, t) is None for t in (0.5, 2.0, 6.0)] == [True, False, True]


def test_turning_moves_nothing_up_or_out_of_shape():
    mesh = design_fleet([_actor()], 1)[7].mesh
    turned = turn_mesh(mesh, np.array([0.6, 0.8]))
    np.testing.assert_allclose(turned.vertices[:, 2], mesh.vertices[:, 2])
    np.testing.assert_allclose(np.linalg.norm(turned.vertices, axis=1), np.linalg.norm(mesh.vertices, axis=1))
    np.testing.assert_allclose(np.linalg.norm(turned.normals, axis=1), np.linalg.norm(mesh.normals, axis=1))
    np.testing.assert_allclose(turn_mesh(mesh, np.array([0.0, 1.0])).vertices, mesh.vertices)
