"""What is asked of the device for a plate; shipped models read such plates in tests/inference/test_device_crops.py."""

import cv2
import numpy as np
import pytest
from builders import frame

from traffic.plates.device_views import DeviceViews
from traffic.plates.ocr import SIZE, PlateText
from traffic.plates.rectify import rectify
from traffic.plates.views import PlateView


class Warping:
    """Sees quadrilaterals with OpenCV, as the kernel does, and answers with the picture."""

    def infer_quads(self, cuts):
        return np.stack([self._seen(cut) for cut in cuts]).astype(np.float32)

    def _seen(self, cut):
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        large = cv2.warpPerspective(
            cut.frame.image, cut.out_to_frame, cut.size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return cv2.resize(large, SIZE, interpolation=cv2.INTER_AREA)


class Answers:
    """Keeps the answers, and reads nothing in them."""

    def decode(self, answers):
        self.answers = answers
        return tuple(PlateText("", (), "ru", 1.0) for _ in answers)


def noisy():
    shown = frame(size=(1280, 720))
    image = cv2.GaussianBlur(np.random.default_rng(7).integers(0, 256, shown.image.shape, dtype=np.uint8), (0, 0), 1)
    return type(shown)(shown.camera_id, "noise", 0, 0, shown.captured_at, image)


@pytest.mark.parametrize(
    "corners",
    [
        [[100, 100], [190, 104], [188, 128], [98, 122]],
        [[100, 100], [480, 130], [470, 260], [96, 210]],
        [[-10, 40], [150, 44], [148, 90], [-12, 84]],
        [[10, 10], [1200, 10], [1200, 500], [10, 500]],
    ],
    ids=["small", "large, from the side", "cut by the border", "more pixels than are looked at"],
)
def test_a_plate_is_seen_as_it_is_rectified(corners):
    ocr, view = Answers(), PlateView(noisy(), np.array(corners, np.float32))
    DeviceViews(Warping(), ocr, SIZE).read_views([view])
    np.testing.assert_allclose(ocr.answers[0], rectify(view.frame.image, view.corners), atol=1)


def test_no_plates_ask_nothing_of_the_device():
    assert DeviceViews(Warping(), Answers(), SIZE).read_views([]) == ()
