from traffic.simulation.mesh import Material
from traffic.simulation.motorcycle import build_motorcycle


def test_a_rider_sits_on_it_and_it_is_narrow() -> None:
    helmet = (1.0, 2.0, 250.0)
    mesh = build_motorcycle((10.0, 20.0, 200.0), helmet)
    width, length, height = mesh.size_m
    assert width < 1.0 < length
    assert height > 1.6
    assert mesh.centres[(mesh.colours == helmet).all(axis=1)][:, 2].min() > 1.4


def test_its_only_plate_is_behind() -> None:
    mesh = build_motorcycle((10.0, 20.0, 200.0), (0.0, 0.0, 0.0))
    assert len(mesh.plates) == 1
    assert mesh.plates[0][:, 1].max() < -0.9
    assert (mesh.materials == Material.TAIL_LAMP).any()
