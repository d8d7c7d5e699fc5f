"""Hidden is hidden: what a block replaced cannot be told from its blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.privacy.blur import Patch, hide, pixels_of


def noise(height=60, width=80, seed=3):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def colours(part):
    return len(np.unique(part.reshape(-1, 3), axis=0))


def test_a_plate_becomes_one_colour_its_mean():
    image = noise()
    hidden = hide(image, [Patch((10, 20, 60, 31))])
    assert colours(hidden[20:31, 10:60]) == 1
    np.testing.assert_allclose(hidden[25, 30], image[20:31, 10:60].reshape(-1, 3).mean(axis=0), atol=1)


def test_a_person_becomes_three_blocks_across():
    hidden = hide(noise(), [Patch((10, 0, 40, 60), 3)])
    assert [colours(hidden[:, 10:40]), colours(hidden[:10, 10:40]), colours(hidden[:10, 10:20])] == [18, 3, 1]


def test_everything_else_stays_and_the_picture_that_came_too():
    image = noise()
    before = image.copy()
    hidden = hide(image, [Patch((10, 20, 60, 31))])
    hidden[20:31, 10:60] = image[20:31, 10:60]
    assert (hidden == image).all()
    assert (image == before).all()


def test_a_read_only_frame_is_no_matter():
    image = noise()
    image.flags.writeable = False
    assert (hide(image, [Patch((0, 0, 9, 9))]) != image).any()


def test_spared_pixels_stay_even_inside_a_patch():
    image = noise()
    hidden = hide(image, [Patch((0, 0, 80, 60))], [(20, 20, 40, 30)])
    assert (hidden[20:30, 20:40] == image[20:30, 20:40]).all()
    assert colours(hidden[:20]) == 1


@pytest.mark.parametrize(
    ("where", "box", "changed"),
    [
        ("over the left upper corner", (-20, -10, 10, 10), 100),
        ("over the right lower corner", (70, 50, 200, 90), 100),
        ("outside", (90, 10, 120, 20), 0),
        ("left of it", (-30, 10, -5, 20), 0),
        ("without extent", (10, 10, 10, 10), 0),
        ("turned inside out", (30, 30, 10, 10), 0),
    ],
)
def test_a_patch(where, box, changed):
    image = noise()
    image[image == 128] = 127
    result = (hide(image, [Patch(box)]) != image).any(axis=2)
    assert changed * 0.9 <= result.sum() <= changed


@pytest.mark.parametrize(
    ("box", "expected"),
    [((1.2, 2.8, 5.0, 6.1), (1, 2, 5, 7)), ((-3, -3, 100, 100), (0, 0, 80, 60)), ((90, 5, 95, 9), (90, 5, 90, 9))],
)
def test_a_box_takes_every_pixel_that_it_touches(box, expected):
    assert pixels_of(box, noise()) == expected


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_two_pictures_with_equal_block_means_are_hidden_alike(columns, seed):
    """Whatever is inside a block beyond its mean is gone: shuffled pixels give the same blocks."""
    image = noise(60, 60, 1)
    rng, side = np.random.default_rng(seed), 60 // columns
    shuffled = image[: side * columns, : side * columns].copy()
    for row in range(columns):
        for column in range(columns):
            block = np.s_[row * side : (row + 1) * side, column * side : (column + 1) * side]
            shuffled[block] = rng.permutation(shuffled[block].reshape(-1, 3)).reshape(side, side, 3)
    patch = Patch((0, 0, side * columns, side * columns), columns)
    np.testing.assert_allclose(
        hide(image[: side * columns, : side * columns], [patch]).astype(int), hide(shuffled, [patch]), atol=1
    )
