from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.camera import Camera
from traffic.simulation.intersection import CAR, IntersectionScene
from traffic.simulation.intersection_painter import IntersectionPainter
from traffic.simulation.intersection_route import route, schedule
from traffic.simulation.intersection_traffic import Actor

CAMERA = Camera(320, 180, 225.0, 8.5, float(np.deg2rad(13.0)))
LORRY = (2.5, 16.0, 4.0)


def _parked(number: int, kind: int, size: tuple[float, float, float], x_m: float, y_m: float) -> Actor:
    return Actor(number, kind, size, route([(x_m, y_m), (x_m + 40, y_m)]), schedule(0, [(9.0, 1e-6)], 1e-6))


def _painter(*actors: Actor) -> IntersectionPainter:
    return IntersectionPainter(IntersectionScene(CAMERA, actors, 9.0), 1)


IN_FRONT, BEHIND, ASIDE = _parked(1, 3, LORRY, 0.0, 30.0), _parked(2, 0, CAR, 0.0, 36.0), _parked(3, 0, CAR, 14.0, 36.0)


def test_what_a_lorry_hides_is_not_in_the_picture_and_the_truth_says_so():
    both, alone = _painter(IN_FRONT, BEHIND).frame(0, 1.0), _painter(IN_FRONT).frame(0, 1.0)
    visible = dict(zip(both.sight.ids.tolist(), both.sight.visible.tolist(), strict=True))
    assert visible[1] == pytest.approx(1, abs=0.02)
    assert visible[2] < 0.05
    low, high = both.sight.xyxy[0, :2].astype(int), both.sight.xyxy[0, 2:].astype(int)
    inside = (slice(low[1] + 3, high[1] - 3), slice(low[0] + 3, high[0] - 3))
    np.testing.assert_array_equal(both.image[inside], alone.image[inside])


def test_a_vehicle_in_the_open_is_drawn_where_its_true_box_is():
    with_car, without = _painter(ASIDE).frame(0, 1.0), _painter().frame(0, 1.0)
    changed = np.abs(with_car.image.astype(int) - without.image).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    x1, y1, _, y2 = with_car.sight.xyxy[0]
    assert with_car.sight.visible.tolist() == [pytest.approx(1)]
    assert (columns.min(), rows.min()) == (pytest.approx(x1, abs=2), pytest.approx(y1, abs=2))
    assert rows.max() == pytest.approx(y2, abs=3)


def test_a_frame_is_the_same_whenever_it_is_asked_for_and_read_only():
    first, second = _painter(ASIDE), _painter(ASIDE)
    first.frame(4, 2.0)
    a, b = first.frame(2, 1.0), second.frame(2, 1.0)
    np.testing.assert_array_equal(a.image, b.image)
    assert a.pts_ns == 1_000_000_000
    assert not a.image.flags.writeable


def test_the_lights_change():
    painter = _painter()
    red, green = painter.frame(0, 20.0).image.astype(int), painter.frame(0, 1.0).image.astype(int)
    assert (np.abs(red - green).max(axis=2) > 90).sum() > 8


def test_a_film_has_a_frame_for_each_moment():
    assert [frame.pts_ns for frame in _painter().film([0.0, 0.04, 0.3])] == [0, 40_000_000, 300_000_000]
