from pathlib import Path

import cv2
import numpy as np

from traffic.training.plate_locator.dashcam import around_a_plate, dashcam_photos
from traffic.training.plate_locator.samples import boxed_view


def test_the_splits_of_the_table_are_kept_apart(tmp_path: Path):
    images = tmp_path / "plates_ro" / "images"
    images.mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        cv2.imwrite(str(images / name), np.zeros((40, 60, 3), np.uint8))
    (tmp_path / "plates_ro" / "boxes.csv").write_text(
        "image,split,x1,y1,x2,y2\na.jpg,train,1,2,30,9\nb.jpg,valid,2,3,31,10\nb.jpg,valid,2,20,31,30\n"
    )
    assert [len(photo.quads) for photo in dashcam_photos(tmp_path, "train")] == [1]
    assert [len(photo.quads) for photo in dashcam_photos(tmp_path, "valid")] == [2]


def test_cuts_around_a_plate_always_show_one_and_vary_in_scale():
    image = np.zeros((540, 960, 3), np.uint8)
    photo = boxed_view(image, np.array([[400, 300, 480, 320], [700, 400, 760, 415]], np.float32))
    random = np.random.default_rng(0)
    shares = []
    for _ in range(60):
        part = around_a_plate(photo, random)
        assert len(part.quads) >= 1
        shares.append(np.ptp(part.quads[0, :, 0]) / part.image.shape[1])
    assert min(shares) < 0.16
    assert max(shares) > 0.35


def test_cuts_may_be_wider():
    photo = boxed_view(np.zeros((540, 1920, 3), np.uint8), np.array([[900, 300, 980, 320]], np.float32))
    parts = [around_a_plate(photo, np.random.default_rng(seed), (9.0, 16.0)) for seed in range(20)]
    shares = [np.ptp(part.quads[0, :, 0]) / part.image.shape[1] for part in parts]
    assert min(shares) < 0.08
    assert max(shares) < 0.13
