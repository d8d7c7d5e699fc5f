from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.camera import Camera
from traffic.simulation.intersection_view import Boxes3D, Faults, detect, look

CAMERA = Camera(960, 540, 700.0, 8.0, 0.2)
PERFECT = Faults(noise=0.0, missed=0.0, clipped=1.0, doubled=0.0, false_a_frame=0.0)


def _boxes(*placed):
    """(x, y, width, length, height) of vehicles that head away."""
    table = np.array(placed, np.float64).reshape(-1, 5)
    headings = np.tile([0.0, 1.0], (len(table), 1))
    return Boxes3D(np.arange(1, len(table) + 1), np.zeros(len(table), np.int64), table[:, :2], headings, table[:, 2:])


def test_the_box_bounds_the_projected_corners():
    sight = look(CAMERA, _boxes((1.0, 30.0, 2.0, 5.0, 1.5)))
    corners = np.array([[x, y, z] for x in (0.0, 2.0) for y in (27.5, 32.5) for z in (0.0, 1.5)])
    pixels = CAMERA.project(corners)
    np.testing.assert_allclose(sight.xyxy[0], [*pixels.min(axis=0), *pixels.max(axis=0)], rtol=1e-5)
    assert sight.visible[0] == 1


@pytest.mark.parametrize(
    ("story", "in_front", "least", "most"),
    [
        ("nothing in front", (9.0, 18.0, 2.5, 4.0, 3.5), 1.0, 1.0),
        ("a lorry right in front", (0.0, 20.0, 3.0, 6.0, 5.5), 0.0, 0.02),
        ("a lorry before its right half", (1.3, 20.0, 2.4, 6.0, 5.5), 0.2, 0.8),
        ("a car behind it hides nothing", (0.0, 40.0, 2.0, 4.0, 1.5), 1.0, 1.0),
    ],
)
def test_the_nearer_one_hides(story, in_front, least, most):
    sight = look(CAMERA, _boxes((0.0, 30.0, 2.0, 4.5, 1.5), in_front))
    assert least <= sight.visible[list(sight.ids).index(1)] <= most


def test_what_is_behind_the_camera_or_out_of_the_picture_is_not_there():
    assert look(CAMERA, _boxes((0.0, -20.0, 2.0, 4.5, 1.5), (80.0, 30.0, 2.0, 4.5, 1.5))).ids.tolist() == []


def test_a_hidden_vehicle_is_not_found_and_a_half_hidden_one_is_less_sure_and_clipped():
    sight = look(CAMERA, _boxes((-8.0, 30.0, 2.0, 4.5, 1.5), (1.3, 20.0, 2.4, 6.0, 5.5), (0.0, 30.0, 2.0, 4.5, 1.5)))
    found = detect(sight, CAMERA, PERFECT, np.random.default_rng(0))
    by_id = dict(zip(sight.ids.tolist(), range(3), strict=True))
    assert found.scores[by_id[3]] < found.scores[by_id[1]]
    clipped, whole = found.xyxy[by_id[3]], sight.xyxy[by_id[3]]
    assert clipped[2] - clipped[0] < whole[2] - whole[0]
    np.testing.assert_allclose(found.xyxy[by_id[1]], sight.xyxy[by_id[1]])
    hidden = look(CAMERA, _boxes((0.0, 30.0, 2.0, 4.5, 1.5), (0.0, 20.0, 3.0, 6.0, 5.5)))
    assert len(detect(hidden, CAMERA, PERFECT, np.random.default_rng(0))) == 1


def test_faults_come_as_often_as_they_should():
    sight = look(CAMERA, _boxes(*((x, 30.0, 2.0, 4.5, 1.5) for x in (-8.0, -4.0, 0.0, 4.0, 8.0))))
    rng, faults = np.random.default_rng(1), Faults(missed=0.1, doubled=0.2, false_a_frame=0.5)
    counts = [len(detect(sight, CAMERA, faults, rng)) for _ in range(400)]
    assert np.mean(counts) == pytest.approx(5 * 0.9 * 1.2 + 0.5, rel=0.05)


def test_an_empty_road():
    sight = look(CAMERA, _boxes())
    assert len(detect(sight, CAMERA, PERFECT, np.random.default_rng(0))) == 0
