from pathlib import Path

import numpy as np
import pytest

from traffic.training.plate_locator.held_out import held_out_views, turned_plates
from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.samples import PlateView


def test_every_kind_of_picture_is_held_out_the_same_each_time(plate_data: Path, recipe: Recipe, answers: Path) -> None:
    first, again = (held_out_views(recipe, plate_data, answers) for _ in range(2))
    assert set(first.with_plates) == {"dashcam", "far", "scenes", "taught", "rendered", "pasted"}
    assert {len(view.quads) for view in first.silent} == {0}
    for name, views in first.with_plates.items():
        assert views, name
        for a, b in zip(views, again.with_plates[name], strict=True):
            np.testing.assert_array_equal(a.image, b.image)
            np.testing.assert_array_equal(a.quads, b.quads)


def test_a_set_without_a_picture_is_left_out(plate_data: Path, recipe: Recipe, answers: Path) -> None:
    np.save(answers / "taught_held_out.npy", np.zeros((5, 5), np.float32))
    assert "taught" not in held_out_views(recipe, plate_data, answers).with_plates


@pytest.mark.parametrize("angle", [0.0, 20.0, 45.0])
def test_plates_are_turned_by_the_angle_asked_for(angle: float) -> None:
    grounds = [PlateView(np.full((150, 200, 3), 90, np.uint8), np.zeros((0, 4, 2), np.float32), np.zeros(0, np.bool_))]
    yaw, pitch, roll = turned_plates(grounds * 3, (256, 192), angle, 0)
    along = roll.quads[0, 1] - roll.quads[0, 0]
    assert abs(np.rad2deg(np.arctan2(along[1], along[0]))) == pytest.approx(angle, abs=1e-2)
    sides = [np.linalg.norm(yaw.quads[0, 3] - yaw.quads[0, 0]), np.linalg.norm(yaw.quads[0, 2] - yaw.quads[0, 1])]
    assert (max(sides) / min(sides) > 1.02) == (angle > 0)
    edges = [np.linalg.norm(pitch.quads[0, b] - pitch.quads[0, a]) for a, b in ((0, 1), (3, 2))]
    assert (max(edges) / min(edges) > 1.001) == (angle > 0)
