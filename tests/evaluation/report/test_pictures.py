import base64

import cv2
import numpy as np
import pytest

from traffic.evaluation.report.pictures import TRUTH, Outline, cut_out, data_uri

RED = (0, 0, 255)


@pytest.fixture
def image() -> np.ndarray:
    """A red box of 40 x 20 at (100, 60) in a black picture of 300 x 200."""
    image = np.zeros((200, 300, 3), np.uint8)
    image[60:80, 100:140] = RED
    return image


def test_the_box_is_in_the_middle_with_its_surroundings(image: np.ndarray) -> None:
    shown = cut_out(image, (100, 60, 140, 80), context=0.5, size=(160, 120))
    rows, columns = np.nonzero(shown[:, :, 2] > 128)
    assert shown.shape == (120, 160, 3)
    assert (columns.min(), columns.max() + 1) == (40, 120)
    assert (rows.min(), rows.max() + 1) == (40, 80)


@pytest.mark.parametrize("box", [(0, 0, 40, 20), (260, 180, 300, 200)])
def test_at_the_border_the_picture_is_shifted_and_never_left(image: np.ndarray, box: tuple[int, ...]) -> None:
    assert cut_out(image, box, size=(160, 120)).max(axis=2).min() == 0
    assert not (cut_out(np.zeros_like(image), box, size=(160, 120)) > 0).any()


def test_a_box_as_large_as_the_picture_shows_it_whole(image: np.ndarray) -> None:
    shown = cut_out(image, (0, 0, 300, 200), size=(150, 120))
    np.testing.assert_array_equal(np.unique(shown[:9]), [230])
    rows, columns = np.nonzero((shown[:, :, 2] > 128) & (shown[:, :, 0] < 64))
    assert (columns.min(), rows.min()) == (50, 30 + 10)


def test_outlines_lie_where_the_boxes_are(image: np.ndarray) -> None:
    plain = cut_out(image, (100, 60, 140, 80), size=(160, 120))
    drawn = cut_out(image, (100, 60, 140, 80), [Outline.of_box((100, 60, 140, 80), TRUTH)], size=(160, 120))
    rows, columns = np.nonzero((plain != drawn).any(axis=2))
    box = np.nonzero(plain[:, :, 2] > 128)
    assert abs(rows.min() - box[0].min()) <= 3
    assert abs(columns.max() - box[1].max()) <= 3
    assert not np.shares_memory(plain, image)


def test_an_outline_outside_changes_nothing(image: np.ndarray) -> None:
    box, outside = (100, 60, 140, 80), Outline.of_box((-500, -500, -400, -400), TRUTH)
    np.testing.assert_array_equal(cut_out(image, box, [outside]), cut_out(image, box))


def test_an_outline_may_lean(image: np.ndarray) -> None:
    leaning = Outline(np.array([[110, 60], [140, 60], [130, 80], [100, 80]], np.float32), TRUTH, 1)
    drawn = cut_out(np.zeros_like(image), (100, 60, 140, 80), [leaning], context=0, size=(80, 40))
    green = drawn[:, :, 1] > 64
    assert [np.flatnonzero(green[row]).min() for row in (2, 37)] == pytest.approx([19, 1], abs=2)


def test_a_data_uri_holds_the_picture(image: np.ndarray) -> None:
    kind, content = data_uri(image).split(",")
    assert kind == "data:image/jpeg;base64"
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(decoded.astype(int) - image).mean() < 5
