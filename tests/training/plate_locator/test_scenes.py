from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.geometry import box_iou
from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.samples import boxed_view, quad_boxes
from traffic.training.plate_locator.scenes import Scene, near_a_plate, one_a_place, open_scenes, some_part, street

PLATES = np.array([[100, 200, 160, 215], [500, 300, 540, 312]], np.float32)
DOUBT = np.array([[300, 100, 420, 160]], np.float32)
NOTHING = np.zeros((0, 4), np.float32)


def scene(plates: np.ndarray = PLATES, doubtful: np.ndarray = DOUBT) -> Scene:
    """Every pixel tells where it lies: red its column, green its row, in steps of four."""
    rows, columns = np.mgrid[0:400, 0:640]
    image = np.stack([np.zeros_like(rows), rows // 4, columns // 4], axis=2).astype(np.uint8)
    return Scene(boxed_view(image, plates), doubtful)


def place_of(image: np.ndarray) -> np.ndarray:
    """(4,) where a part of that picture lies in it, to within four pixels."""
    top, left = 4 * int(image[0, 0, 1]), 4 * int(image[0, 0, 2])
    return np.array([left, top, left + image.shape[1], top + image.shape[0]], np.float32)


def test_parts_near_a_plate_show_small_and_large_ones_and_nothing_doubtful():
    random = np.random.default_rng(0)
    shares = []
    for _ in range(60):
        part = near_a_plate(scene(), random)
        assert part is not None
        assert len(part.quads) >= 1
        assert box_iou(place_of(part.image)[None] + [[4, 4, -4, -4]], DOUBT).max() == 0
        shares.append(np.ptp(part.quads[0, :, 0]) / part.image.shape[1])
    assert min(shares) < 0.12
    assert max(shares) > 0.25


def test_plates_keep_their_place_in_a_part():
    part = near_a_plate(scene(PLATES[:1], NOTHING), np.random.default_rng(1))
    assert part is not None
    left, top, _, _ = place_of(part.image)
    np.testing.assert_allclose(quad_boxes(part.quads)[0], PLATES[0] - [left, top, left, top], atol=4)


def test_streets_show_nothing_that_might_be_a_plate():
    random = np.random.default_rng(2)
    found = [street(scene(), random) for _ in range(60)]
    parts = [part for part in found if part is not None]
    assert len(parts) > 50
    for part in parts:
        assert len(part.quads) == 0
        assert box_iou(place_of(part.image)[None] + [[4, 4, -4, -4]], np.concatenate([PLATES, DOUBT])).max() == 0
    assert max(part.image.shape[1] for part in parts) > 2 * min(part.image.shape[1] for part in parts)


def test_scenes_without_such_a_part_are_passed_over():
    empty, full = scene(NOTHING), scene(PLATES)
    assert near_a_plate(empty, np.random.default_rng(0)) is None
    parts = [some_part([empty, full], near_a_plate, np.random.default_rng(seed)) for seed in range(10)]
    assert all(len(part.quads) for part in parts)
    with pytest.raises(ModelError, match="found none"):
        some_part([empty], near_a_plate, np.random.default_rng(0))


def test_the_surest_answer_on_a_place_is_kept():
    answers = np.array(
        [[0, 0, 40, 10, 0.2], [2, 0, 42, 10, 0.9], [100, 0, 140, 10, 0.3], [38, 8, 78, 18, 0.4]], np.float32
    )
    np.testing.assert_allclose(one_a_place(answers)[:, 4], [0.9, 0.4, 0.3])
    assert one_a_place(np.zeros((0, 5), np.float32)).shape == (0, 5)


def test_sure_answers_are_plates_the_others_doubtful_and_the_faintest_nothing(
    plate_data: Path, recipe: Recipe, tmp_path: Path
) -> None:
    rows = [[0, 60, 80, 100, 90, 0.9], [0, 10, 10, 50, 20, 0.3], [0, 90, 10, 130, 20, 0.01], [1, 0, 0, 40, 10, 0.7]]
    np.save(tmp_path / "answers.npy", np.array(rows, np.float32))
    first, second, *others = open_scenes(recipe.teaching, plate_data, tmp_path / "answers.npy", held_out=False)
    np.testing.assert_allclose(quad_boxes(first.view.quads), [[60, 80, 100, 90]])
    np.testing.assert_allclose(first.doubtful, [[10, 10, 50, 20]])
    np.testing.assert_allclose(quad_boxes(second.view.quads), [[0, 0, 40, 10]])
    assert first.view.image.shape == (120, 160, 3)
    assert not first.view.exact.any()
    assert [len(other.view.quads) for other in others] == [0] * len(others)
