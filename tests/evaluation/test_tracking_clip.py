from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.errors import ConfigError
from traffic.evaluation.tracking_clip import SIZE, meeting, story, write_animation
from traffic.simulation.intersection_painter import IntersectionPainter


def _pictures(count: int) -> list[np.ndarray]:
    return [np.full((40, 60, 3), 40 * place, np.uint8) for place in range(count)]


@pytest.mark.parametrize("name", ["clip.webp", "clip.gif"])
def test_a_clip_has_every_picture(tmp_path, name):
    write_animation(tmp_path / name, _pictures(5), 0.16)
    there, animation = cv2.imreadanimation(str(tmp_path / name))
    assert there
    assert len(animation.frames) == 5
    assert np.asarray(animation.durations).tolist() == [160] * 5


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"\.webp or \.gif"):
        write_animation(tmp_path / "clip.txt", _pictures(2), 0.1)


def test_in_the_scene_a_lorry_hides_both_cars_and_lets_them_out_again():
    scene = meeting()
    painter = IntersectionPainter(scene, 1)
    seen = {
        moment: dict(zip(sight.ids.tolist(), sight.visible.tolist(), strict=True))
        for moment, sight in ((m, painter.frame(0, m).sight) for m in (3.0, 5.1, 6.7, 7.4, 9.0))
    }
    assert [seen[moment][2] > 0.9 for moment in (3.0, 5.1, 7.4)] == [True, False, True]
    assert [seen[moment][1] > 0.9 for moment in (5.1, 6.7, 9.0)] == [True, False, True]
    assert max(seen[5.1][2], seen[6.7][1]) < 0.1


def test_the_pictures_show_what_the_tracker_tells():
    def detect(_: np.ndarray) -> Detections:
        return Detections(
            np.array([[400, 300, 520, 360]], np.float32), np.array([0.9], np.float32), np.zeros(1, np.int64)
        )

    first, *_, last = story(replace(meeting(), duration_s=0.32), detect)
    assert first.shape == last.shape == (SIZE[1], SIZE[0], 3)
    assert (np.abs(first.astype(int) - last).max(axis=2) > 80).sum() > 50
