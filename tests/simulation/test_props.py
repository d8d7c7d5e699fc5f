import numpy as np

from traffic.simulation.palette import LIGHTS
from traffic.simulation.props import draw_props
from traffic.simulation.spec import short_spec


def test_the_roadside_leaves_the_near_road_free() -> None:
    camera = short_spec().camera
    canvas = np.zeros((camera.height, camera.width, 3), np.uint8)
    draw_props(canvas, camera, (-7.65, 7.65), LIGHTS["day"], np.random.default_rng(2))
    road = camera.ground_pixels(np.array([[x, y] for x in (-5.0, 0.0, 5.0) for y in (12.0, 25.0, 40.0)])).astype(int)
    assert canvas.max() > 0
    assert all(canvas[y, x].max() == 0 for x, y in road)
