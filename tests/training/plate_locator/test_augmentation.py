import numpy as np
import pytest

from traffic.training.plate_locator.augmentation import PAD_VALUE, degraded, plain, seen
from traffic.training.plate_locator.samples import PlateView

SIZE = (256, 192)
QUAD = np.array([[[150, 150], [250, 150], [250, 180], [150, 180]]], np.float32)


def picture(size: tuple[int, int] = (400, 300)) -> PlateView:
    """Black with one white plate."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[150:180, 150:250] = 255
    return PlateView(image, QUAD, np.ones(1, np.bool_))


@pytest.mark.parametrize("seed", range(30))
def test_the_plate_stays_within_its_corners(seed):
    view = seen(picture(), SIZE, np.random.default_rng(seed))
    assert view.image.shape == (192, 256, 3)
    rows, columns = np.nonzero(view.image.min(axis=2) > 180)
    quad = view.quads[0]
    if len(rows) and (quad > 2).all() and (quad < np.array(SIZE) - 2).all():
        found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        np.testing.assert_allclose(found, [*quad.min(axis=0), *quad.max(axis=0)], atol=2.5)


def test_views_differ_and_some_are_turned():
    views = [seen(picture(), SIZE, np.random.default_rng(seed)) for seed in range(30)]
    slopes = [abs(view.quads[0, 1, 1] - view.quads[0, 0, 1]) for view in views]
    assert sum(slope > 1 for slope in slopes) >= 5
    assert sum(slope < 1e-3 for slope in slopes) >= 5


@pytest.mark.parametrize(("size", "scale"), [((400, 300), 0.64), ((1600, 300), 0.16), ((300, 900), 192 / 900)])
def test_the_plain_view_is_the_letterbox(size, scale):
    view = plain(picture(size), SIZE)
    np.testing.assert_allclose(view.quads, QUAD * scale, atol=0.2)
    inside = int(size[0] * scale), int(size[1] * scale)
    assert (view.image[inside[1] + 1 :] == PAD_VALUE).all()
    assert (view.image[:, inside[0] + 1 :] == PAD_VALUE).all()
    assert view.image[: inside[1] - 1, : inside[0] - 1].max() > 180


def test_a_camera_spoils_a_picture_but_not_beyond_recognition():
    random = np.random.default_rng(1)
    view = plain(picture(), SIZE)
    for _ in range(40):
        spoilt = degraded(view.image, random)
        assert (spoilt.shape, spoilt.dtype) == (view.image.shape, np.uint8)
        plate = spoilt[98:113, 100:156]
        assert plate.mean() > spoilt[10:80, 10:200].mean() + 40


def test_the_given_picture_is_left_alone():
    view = plain(picture(), SIZE)
    before = view.image.copy()
    for seed in range(10):
        degraded(view.image, np.random.default_rng(seed))
    np.testing.assert_array_equal(view.image, before)
