import numpy as np

from traffic.simulation.mesh import Material, MeshBuilder
from traffic.simulation.palette import LIGHTS
from traffic.simulation.shading import shade
from traffic.simulation.solids import box


def _grey_box() -> MeshBuilder:
    builder = MeshBuilder()
    box(builder, (-1.0, -1.0, 0.0), (1.0, 1.0, 2.0), (120.0, 120.0, 120.0))
    return builder


def test_the_side_to_the_sun_is_brighter() -> None:
    mesh = _grey_box().build()
    colours = shade(mesh, mesh.normals, LIGHTS["day"], 20.0).sum(axis=1)
    facing_sun = mesh.normals @ np.array(LIGHTS["day"].sun)
    assert int(np.argmax(colours)) == int(np.argmax(facing_sun))


def test_night_is_darker_than_day_but_lamps_are_not() -> None:
    builder = _grey_box()
    builder.face([[0, 2, 0], [1, 2, 0], [1, 2, 1]], (100.0, 100.0, 100.0), Material.HEAD_LAMP)
    mesh = builder.build()
    day, night = (shade(mesh, mesh.normals, LIGHTS[name], 10.0).sum(axis=1) for name in ("day", "night"))
    assert (night[:-1] < day[:-1]).all()
    assert night[-1] > day[-1]


def test_far_things_fade_into_the_sky() -> None:
    mesh = _grey_box().build()
    sky = np.array(LIGHTS["day"].sky_low)
    near, far = (np.abs(shade(mesh, mesh.normals, LIGHTS["day"], d) - sky).sum() for d in (10.0, 600.0))
    assert far < 0.6 * near
