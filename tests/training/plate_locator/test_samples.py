import numpy as np
import pytest

from traffic.training.plate_locator.samples import PlateView, box_quads, boxed_view, mirrored, quad_boxes, warped

QUAD = np.array([[[20, 10], [40, 12], [39, 20], [19, 17]]], np.float32)


def spotted(quads: np.ndarray, size: tuple[int, int] = (80, 60)) -> PlateView:
    """A dark picture with a bright 3 x 3 spot at each corner, whose number tells its brightness."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    for quad in quads:
        for number, (x, y) in enumerate(quad.astype(int)):
            image[y - 1 : y + 2, x - 1 : x + 2] = 100 + 50 * number
    return PlateView(image, quads, np.ones(len(quads), np.bool_))


def test_boxes_and_their_quads_go_round_clockwise_from_the_top_left():
    box = np.array([[1, 2, 5, 4]], np.float32)
    np.testing.assert_array_equal(box_quads(box), [[[1, 2], [5, 2], [5, 4], [1, 4]]])
    np.testing.assert_array_equal(quad_boxes(box_quads(box)), box)
    np.testing.assert_array_equal(quad_boxes(QUAD), [[19, 10, 40, 20]])


def test_a_picture_with_boxes_alone_has_no_exact_corners():
    view = boxed_view(np.zeros((5, 5, 3), np.uint8), np.array([[0, 0, 2, 1], [1, 1, 3, 2]], np.float32))
    assert view.quads.shape == (2, 4, 2)
    assert not view.exact.any()


@pytest.mark.parametrize(
    "matrix",
    [
        np.diag([2.0, 2.0, 1.0]),
        np.array([[1.5, 0.3, 4], [-0.2, 1.6, 20], [0, 0, 1.0]]),
        np.array([[1.9, 0, 0], [0, 2.1, 0], [0.002, 0.001, 1.0]]),
    ],
    ids=["doubled", "sheared and moved", "in perspective"],
)
def test_a_warp_moves_plates_with_their_pixels(matrix):
    turned = warped(spotted(QUAD), matrix, (160, 130), 0)
    for number, (x, y) in enumerate(turned.quads[0]):
        around = turned.image[int(y - 1) : int(y + 2), int(x - 1) : int(x + 2), 0]
        assert around.max() == pytest.approx(100 + 50 * number, abs=12)


def test_beyond_the_picture_lies_the_border():
    turned = warped(spotted(QUAD), np.eye(3), (200, 100), 114)
    np.testing.assert_array_equal(turned.image[70:, 90:], 114)


def test_a_mirror_image_keeps_the_order_of_the_corners_on_the_screen():
    view = mirrored(spotted(QUAD))
    top_left, top_right, bottom_right, bottom_left = view.quads[0]
    assert top_left[0] < top_right[0]
    assert bottom_left[0] < bottom_right[0]
    np.testing.assert_array_equal(top_left, [40, 12])  # 80 - 40: the right hand is now the left one
    assert view.image[12, 39].max() == 150


def test_mirroring_twice_changes_nothing():
    view = spotted(QUAD)
    twice = mirrored(mirrored(view))
    np.testing.assert_array_equal(twice.quads, view.quads)
    np.testing.assert_array_equal(twice.image, view.image)


def test_no_plate_stays_no_plate():
    view = spotted(np.zeros((0, 4, 2), np.float32))
    assert warped(mirrored(view), np.eye(3), (40, 40), 0).quads.shape == (0, 4, 2)
