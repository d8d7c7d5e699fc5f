import numpy as np
import pytest

from traffic.simulation.cars import CAR_SHAPES, build_car, plate_corners
from traffic.simulation.mesh import Material


def test_a_plate_is_520_by_112_millimetres() -> None:
    corners = plate_corners(2.0, 0.5, 1.0)
    assert np.linalg.norm(corners[1] - corners[0]) == pytest.approx(0.520)
    assert np.linalg.norm(corners[2] - corners[1]) == pytest.approx(0.112)


@pytest.mark.parametrize("body", sorted(CAR_SHAPES))
def test_head_lamps_look_forward_and_tail_lamps_back(body: str) -> None:
    mesh = build_car(CAR_SHAPES[body], (100.0, 100.0, 100.0))
    assert mesh.centres[mesh.materials == Material.HEAD_LAMP][:, 1].min() > 1.0
    assert mesh.centres[mesh.materials == Material.TAIL_LAMP][:, 1].max() < -1.0


@pytest.mark.parametrize(("body", "sees_back"), [("sedan", True), ("minibus", True), ("panel van", False)])
def test_only_a_panel_van_has_no_rear_window(body: str, sees_back: bool) -> None:
    mesh = build_car(CAR_SHAPES[body], (100.0, 100.0, 100.0))
    glass = mesh.normals[mesh.materials == Material.GLASS]
    assert bool((glass[:, 1] < -0.3).any()) is sees_back
