"""Where on the road a pixel is, and how surely."""

import numpy as np
import pytest

from traffic.scene.calibration import Calibration


def test_pixels_become_metres(camera):
    road = np.array([[-3.0, 22.0], [2.0, 35.0], [0.0, 60.0]])
    located = Calibration(camera.road()).locate(camera.project(road))
    np.testing.assert_allclose(located.metres, road, atol=1e-6)
    assert located.usable.all()


@pytest.mark.parametrize(
    ("where", "pixel", "usable"),
    [
        ("on the road", (960, 800), True),
        ("so far that 1.5 px are more than 2 m", (960, 275), False),
        ("on the horizon", (960, 242), False),
        ("in the sky", (960, 50), False),
    ],
)
def test_only_what_is_near_enough_is_measured(camera, where, pixel, usable):
    located = Calibration(camera.road()).locate(np.array([pixel], float))
    assert located.usable.tolist() == [usable]


def test_the_limit_of_usable_is_the_settings(camera):
    far = np.array([[960, 275]], float)
    assert Calibration(camera.road(maximum_position_error_m=20)).locate(far).usable.all()
    assert Calibration(camera.road(pixel_sigma_px=0.1)).locate(far).usable.all()


def test_residuals_tell_a_mistyped_point(camera):
    ground = [(x, y) for y in (20.0, 30.0, 40.0, 50.0) for x in (-4.0, 4.0)]
    image = [tuple(map(float, pixel)) for pixel in camera.project(ground)]
    good = camera.road().model_copy(update={"image_points": tuple(image), "ground_points_m": tuple(ground)})
    mistyped = good.model_copy(update={"ground_points_m": (*ground[:3], (4.0, 36.0), *ground[4:])})
    assert Calibration(good).residuals_m.max() < 1e-6
    assert np.argmax(Calibration(mistyped).residuals_m) == 3
