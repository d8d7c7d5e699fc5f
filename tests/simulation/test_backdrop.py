from dataclasses import replace

import numpy as np

from traffic.simulation.backdrop import draw_backdrop, fill_ground, road_edges
from traffic.simulation.spec import short_spec


def test_markings_lie_where_the_lanes_say() -> None:
    spec = short_spec()
    picture = draw_backdrop(spec).astype(int)
    right = spec.lanes[-1].x_m + spec.lanes[-1].width_m / 2
    points = np.array([[right, 16.0], [right - 0.5, 16.0], [spec.lanes[0].x_m - spec.lanes[0].width_m / 2, 22.0]])
    edge, asphalt, other_edge = (picture[int(y), int(x)].mean() for x, y in spec.camera.ground_pixels(points))
    assert edge > asphalt + 50
    assert other_edge > asphalt + 50


def test_the_sky_is_blue_by_day_and_dark_by_night() -> None:
    day, night = (draw_backdrop(replace(short_spec(), daylight=name))[2].mean(axis=0) for name in ("day", "night"))  # type: ignore[arg-type]
    assert day[0] > day[2] + 30
    assert night.max() < 60


def test_road_edges_leave_half_a_metre() -> None:
    assert road_edges(short_spec().lanes) == (-7.65, 7.65)


def test_a_patch_of_ground_is_filled_and_one_behind_the_camera_is_not() -> None:
    camera = short_spec().camera
    canvas = np.zeros((camera.height, camera.width, 3), np.uint8)
    fill_ground(canvas, camera, np.array([[-1.0, -30.0], [1.0, -30.0], [1.0, -20.0], [-1.0, -20.0]]), (9.0, 9.0, 9.0))
    assert canvas.max() == 0
    fill_ground(canvas, camera, np.array([[-1.0, 20.0], [1.0, 20.0], [1.0, 30.0], [-1.0, 30.0]]), (9.0, 9.0, 9.0))
    x, y = camera.ground_pixels(np.array([[0.0, 25.0]]))[0].astype(int)
    assert (canvas[y, x] == 9).all()
