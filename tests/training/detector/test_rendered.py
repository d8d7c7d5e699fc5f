from pathlib import Path

import numpy as np

from traffic.training.detector.rendered import draw, rendered_images


def test_every_label_is_certain_or_a_region_to_ignore() -> None:
    picture = draw(3)
    assert picture.allowed.sum(axis=1).max() == 1
    assert len(picture.xyxy) == len(picture.allowed) > 0


def test_a_frame_is_drawn_once(tmp_path: Path) -> None:
    (first,) = rendered_images([3], tmp_path)
    (stored,) = tmp_path.iterdir()
    drawn_at = stored.stat().st_mtime_ns
    (second,) = rendered_images([3], tmp_path)
    assert stored.stat().st_mtime_ns == drawn_at
    for left, right in ((first.image, second.image), (first.xyxy, second.xyxy), (first.allowed, second.allowed)):
        np.testing.assert_array_equal(left, right)
