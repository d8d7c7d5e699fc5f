import pytest

from traffic.simulation.heavy import TRUCK_SHAPES, build_bus, build_truck
from traffic.simulation.mesh import Material

GREY = (100.0, 100.0, 100.0)


@pytest.mark.parametrize("length", [8.0, 12.0])
def test_a_bus_is_as_long_as_ordered_and_glazed_on_both_sides(length: float) -> None:
    mesh = build_bus(length, GREY)
    assert mesh.size_m[1] == pytest.approx(length, abs=0.05)
    glass = mesh.normals[mesh.materials == Material.GLASS][:, 0]
    assert (glass > 0.5).sum() >= length / 1.6
    assert (glass < -0.5).sum() >= length / 1.6


@pytest.mark.parametrize("body", sorted(TRUCK_SHAPES))
def test_the_cab_is_in_front_of_the_box(body: str) -> None:
    cab, cargo = (200.0, 0.0, 0.0), (0.0, 200.0, 0.0)
    mesh = build_truck(TRUCK_SHAPES[body], cab, cargo)
    is_cab, is_cargo = (mesh.colours == cab).all(axis=1), (mesh.colours == cargo).all(axis=1)
    assert mesh.centres[is_cab][:, 1].mean() > mesh.centres[is_cargo][:, 1].max() - 0.2
    assert set(mesh.sections[is_cab]).isdisjoint(set(mesh.sections[is_cargo]))
