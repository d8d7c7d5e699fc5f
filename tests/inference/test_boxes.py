from dataclasses import replace

import cv2
import numpy as np
import pytest
from builders import frame

from traffic.inference.boxes import PAD_VALUE, BoxCut, HostBoxes, over_boxes, resized


class Mean:
    """Says each picture's mean, and keeps the pictures."""

    def infer(self, images):
        self.images = images.copy()
        return images.reshape(len(images), -1, 3).mean(axis=1).astype(np.float32)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def noisy():
    return replace(frame(), image=np.random.default_rng(4).integers(0, 256, (60, 80, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    ("box", "size", "sampling"),
    [((10, 20, 50, 40), (20, 10), "area"), ((10, 20, 14, 40), (16, 12), "linear"), ((0, 0, 80, 60), (7, 12), "area")],
    ids=["a half", "enlarged in one way", "all of it"],
)
def test_a_box_is_resized_into_the_corner_as_opencv_does_it(box, size, sampling):
    picture, engine = noisy(), Mean()
    answers = HostBoxes(engine, (20, 12)).infer_boxes([BoxCut(picture, box, size, sampling)])
    left, top, right, bottom = box
    how = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR}[sampling]
    expected = np.full((1, 12, 20, 3), PAD_VALUE, np.uint8)
    expected[0, : size[1], : size[0]] = cv2.resize(picture.image[top:bottom, left:right], size, interpolation=how)
    np.testing.assert_array_equal(engine.images, expected)
    np.testing.assert_allclose(answers, expected.reshape(1, -1, 3).mean(axis=1), rtol=1e-6)


def test_all_boxes_are_one_batch_in_their_order():
    picture, engine = noisy(), Mean()
    cuts = [BoxCut(picture, (x, 0, x + 8, 8), (8, 8), "linear") for x in (40, 0, 16)]
    HostBoxes(engine, (8, 8)).infer_boxes(cuts)
    for image, cut in zip(engine.images, cuts, strict=True):
        np.testing.assert_array_equal(image, picture.image[:8, cut.box[0] : cut.box[2]])


def test_the_picture_is_not_written_to():
    picture = noisy()
    resized(picture.image, (0, 0, 8, 8), (8, 8), "linear")[:] = 0
    assert picture.image[:8, :8].max() > 0


def test_what_runs_on_boxes_itself_is_given_them():
    class OnBoxes:
        def infer_boxes(self, cuts):
            return np.zeros((len(cuts), 1), np.float32)

    boxes = OnBoxes()
    assert over_boxes(boxes, (8, 8)) is boxes
    assert isinstance(over_boxes(Mean(), (8, 8)), HostBoxes)
