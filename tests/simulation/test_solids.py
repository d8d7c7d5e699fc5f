import numpy as np
import pytest

from traffic.simulation.mesh import MeshBuilder
from traffic.simulation.solids import Station, box, disc, loft, tyres


def test_every_face_of_a_box_looks_outwards() -> None:
    builder = MeshBuilder()
    box(builder, (-1.0, -2.0, 0.0), (1.0, 2.0, 1.5), (1.0, 1.0, 1.0))
    mesh = builder.build()
    outward = mesh.centres - np.array([0.0, 0.0, 0.75])
    assert len(mesh.loops) == 5
    assert ((mesh.normals * outward).sum(axis=1) > 0).all()
    assert mesh.size_m == pytest.approx((2.0, 4.0, 1.5))


def test_a_disc_is_as_wide_as_two_radii() -> None:
    builder = MeshBuilder()
    builder.start_unit((0.0, 0.0, 0.0))
    disc(builder, (1.0, 0.0, 0.3), 0.3, (0.0, 0.0, 0.0))
    assert builder.build().size_m == pytest.approx((0.0, 0.6, 0.6))


def test_tyres_stand_on_the_road() -> None:
    builder = MeshBuilder()
    tyres(builder, (-1.0, 1.0), 0.3, 0.8, 0.2)
    mesh = builder.build()
    assert mesh.vertices[:, 2].min() == 0.0
    assert mesh.size_m[0] == pytest.approx(1.6)


def test_a_loft_is_closed_at_both_ends() -> None:
    builder = MeshBuilder()
    ends = tuple(Station(y, 0.7, 0.9, 0.8, 1.0) for y in (-2.0, 2.0))
    loft(builder, ends, 0.2, 0.6, (100.0, 100.0, 100.0))
    mesh = builder.build()
    assert len(mesh.loops) == 4 + 1 + 4
    assert sorted(set(np.round(mesh.normals[:, 1], 6))) == [-1.0, 0.0, 1.0]
