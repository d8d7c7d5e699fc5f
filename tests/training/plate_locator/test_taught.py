from pathlib import Path

import numpy as np

from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.taught import taught_crops


def save(path: Path, *rows: tuple[float, float, float, float, float]) -> Path:
    np.save(path, np.array(rows, np.float32))
    return path


def test_only_sure_answers_of_a_plates_shape_are_believed(plate_data: Path, recipe: Recipe, tmp_path: Path) -> None:
    answers = save(
        tmp_path / "answers.npy",
        (40, 70, 80, 80, 0.9),
        (40, 70, 80, 80, 0.3),  # unsure: neither a plate nor silence
        (40, 20, 60, 90, 0.9),  # higher than wide
        (0, 0, 0, 0, 0.0),
        (40, 70, 46, 72, 0.9),  # six pixels wide
    )
    crops = taught_crops(recipe.teaching, plate_data, answers, held_out=False)
    assert len(crops.with_plate) == 1
    np.testing.assert_array_equal(crops.with_plate[0].quads[0, [0, 2]], [[40, 70], [80, 80]])
    assert not crops.with_plate[0].exact.any()
    assert [len(view.quads) for view in crops.silent] == [0]


def test_small_vehicles_are_left_out_and_the_others_have_room_around_them(
    plate_data: Path, recipe: Recipe, tmp_path: Path
) -> None:
    none = taught_crops(
        recipe.teaching.model_copy(update={"minimum_height_px": 200.0}),
        plate_data,
        save(tmp_path / "none.npy"),
        held_out=False,
    )
    assert none.with_plate == none.silent == []
    all_silent = save(tmp_path / "silent.npy", *[(0.0, 0.0, 0.0, 0.0, 0.0)] * 5)
    crops = taught_crops(recipe.teaching, plate_data, all_silent, held_out=True)
    assert len(crops.silent) == 3  # of the sets that show vehicles from near
    assert not crops.with_plate
    height, width = crops.silent[-1].image.shape[:2]
    assert height == 120  # the vehicle is 108 high; with its margin it fills the picture
    assert 120 * 1.1 < width <= 160
