import numpy as np
import pytest

from traffic.simulation.mesh import Material, MeshBuilder


def _square(x: float) -> list[list[float]]:
    return [[x, 0, 0], [x, 1, 0], [x, 1, 1], [x, 0, 1]]


@pytest.mark.parametrize(("x", "normal_x"), [(1.0, 1.0), (-1.0, -1.0)])
def test_a_face_looks_away_from_the_inside_whatever_its_winding(x: float, normal_x: float) -> None:
    for points in (_square(x), _square(x)[::-1]):
        builder = MeshBuilder()
        builder.start_unit((0.0, 0.5, 0.5))
        builder.face(points, (1.0, 2.0, 3.0))
        assert builder.build().normals[0] == pytest.approx([normal_x, 0, 0])


def test_an_inlay_lies_at_the_fractions_asked_for() -> None:
    builder = MeshBuilder()
    builder.start_unit((0.0, 0.5, 0.5))
    panel = builder.face(_square(1.0), (0.0, 0.0, 0.0))
    window = builder.inlay(panel, (0.25, 0.75), (0.5, 1.0), (9.0, 9.0, 9.0), Material.GLASS)
    assert window == pytest.approx(np.array([[1, 0.25, 0.5], [1, 0.75, 0.5], [1, 0.75, 1], [1, 0.25, 1]]))


def test_columns_have_one_row_a_face() -> None:
    builder = MeshBuilder()
    builder.start_unit((0.0, 0.0, 0.0))
    builder.face(_square(1.0), (1.0, 2.0, 3.0), Material.PAINT)
    builder.start_section()
    builder.face([[0, 0, 2], [1, 0, 2], [0, 1, 2]], (4.0, 5.0, 6.0))
    mesh = builder.build()
    assert [len(loop) for loop in mesh.loops] == [4, 3]
    assert mesh.vertices[mesh.loops[1]][:, 2] == pytest.approx([2, 2, 2])
    assert mesh.centres[1] == pytest.approx([1 / 3, 1 / 3, 2])
    assert mesh.sections.tolist() == [0, 1]
    assert mesh.size_m == pytest.approx((1.0, 1.0, 2.0))
