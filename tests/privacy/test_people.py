"""People are found wherever they stand, also small ones and where tiles meet."""

import numpy as np
import pytest

from traffic.datatypes import Float32Array, UInt8Array
from traffic.privacy.people import PeopleFinder

SIZE = (320, 192)
CYAN = (255, 255, 0)


class CyanPeople:
    """A detector's engine: the box around a picture's cyan pixels, in the first anchor of stride 8."""

    def __init__(self) -> None:
        self.pictures = 0

    def infer(self, images: UInt8Array) -> Float32Array:
        self.pictures += len(images)
        return np.stack([_row(image) for image in images])

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        pass


def _row(image):
    output = np.zeros((40 * 24 + 20 * 12 + 10 * 6, 6), np.float32)
    rows, columns = np.nonzero((image[:, :, 0] > 180) & (image[:, :, 1] > 180) & (image[:, :, 2] < 90))
    if len(rows):
        x1, y1, x2, y2 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        output[0] = [(x1 + x2) / 16, (y1 + y2) / 16, np.log((x2 - x1) / 8), np.log((y2 - y1) / 8), 0.9, 0.8]
    return output


def find(size, *people, enlargement=2.0, score=0.3):
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    for x1, y1, x2, y2 in people:
        image[y1:y2, x1:x2] = CYAN
    return PeopleFinder(CyanPeople(), SIZE, score, enlargement).find(image)


@pytest.mark.parametrize("enlargement", [1.0, 1.5, 2.0, 4.0])
@pytest.mark.parametrize(
    ("where", "person"),
    [
        ("in the middle", (400, 200, 410, 230)),
        ("in the upper left corner", (0, 0, 10, 30)),
        ("in the lower right corner", (950, 510, 960, 540)),
        ("where tiles meet", (155, 90, 165, 120)),
        ("as high as the picture", (400, 0, 560, 540)),
    ],
)
def test_a_person(enlargement, where, person):
    """Something lies over all of the person; nothing lies far from it."""
    found = find((960, 540), person, enlargement=enlargement)
    hidden = np.zeros((540, 960), bool)
    for x1, y1, x2, y2 in found.round().astype(int):
        hidden[y1:y2, x1:x2] = True
    x1, y1, x2, y2 = person
    assert hidden[y1:y2, x1:x2].mean() > 0.8
    hidden[max(y1 - 8, 0) : y2 + 8, max(x1 - 8, 0) : x2 + 8] = False
    assert not hidden.any()


def test_two_people_far_from_each_other_are_two():
    found = find((960, 540), (100, 100, 110, 130), (800, 400, 810, 430))
    small = found[(found[:, 2] - found[:, 0]) < 20]
    assert {round(x, -1) for x in small[:, 0].tolist()} == {100, 800}


def test_an_empty_road_has_nobody():
    assert find((960, 540)).shape == (0, 4)


def test_who_is_too_doubtful_is_nobody():
    assert len(find((960, 540), (400, 200, 410, 230), score=0.75)) == 0


@pytest.mark.parametrize("size", [(40, 30), (161, 97), (320, 192), (1920, 40)])
def test_any_picture_can_be_searched(size):
    width, height = size
    found = find(size, (0, 0, width // 2, height // 2))
    assert len(found) > 0
    assert (found >= 0).all()
    assert (found <= [width, height, width, height]).all()
