import numpy as np
from builders import frame

from traffic.plates.ocr import PlateText
from traffic.plates.rectify import rectify
from traffic.plates.views import PlateView, RectifyingOcr, over_views


class Keeping:
    """Reads nothing, and keeps the pictures."""

    def read(self, pictures):
        self.pictures = list(pictures)
        return tuple(PlateText("", (), "ru", 1.0) for _ in pictures)


CORNERS = np.array([[100, 100], [300, 120], [296, 170], [98, 146]], np.float32)


def noisy(index):
    shown = frame(index)
    image = np.random.default_rng(index).integers(0, 256, shown.image.shape, dtype=np.uint8)
    return type(shown)(shown.camera_id, "noise", index, shown.pts_ns, shown.captured_at, image)


def test_each_plate_is_rectified_in_its_own_frame():
    ocr, views = Keeping(), [PlateView(noisy(0), CORNERS), PlateView(noisy(1), CORNERS + 9)]
    assert len(RectifyingOcr(ocr).read_views(views)) == 2
    for picture, view in zip(ocr.pictures, views, strict=True):
        np.testing.assert_array_equal(picture, rectify(view.frame.image, view.corners))


def test_what_reads_in_frames_itself_is_given_them():
    class InFrames:
        def read_views(self, views):
            return ()

    reader = InFrames()
    assert over_views(reader) is reader
    assert isinstance(over_views(Keeping()), RectifyingOcr)
