from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.evaluation.labelled_images import LabelledImage, class_mask  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.compression.starting_point import (  # noqa: E402
    load_float,
    network_inputs,
    plain_batches,
    training_pictures,
)
from traffic.training.detector.network import WithScores  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402


def test_the_network_read_back_answers_as_the_released_file(released: Path) -> None:
    network = load_float(released)
    image = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    with torch.inference_mode():
        rows = WithScores(network)(torch.from_numpy(image).permute(0, 3, 1, 2).float())
    with OnnxEngine(released.with_name("vehicle_detector.onnx"), (64, 64), InferenceSettings(threads=1)) as engine:
        np.testing.assert_allclose(engine.infer(image), rows.numpy(), atol=1e-3)


def test_calibration_sees_every_set_and_nothing_that_is_held_out(
    tiny_data: Path, small_training: Path, tmp_path: Path
) -> None:
    pictures = list(training_pictures(load_recipe(small_training), tiny_data, tmp_path, number=3))
    names = [picture.name for picture in pictures]
    assert names[-1] == "rendered/10"
    assert {name.split("/")[0] for name in names} == {
        "det_topview",
        "det_atl_daynight",
        "det_highway_id",
        "det_vehicles_openimages",
        "rendered",
    }
    assert not any("2_mp4" in name or "Z97" in name or "/valid/" in name for name in names)


def test_a_picture_is_letterboxed_to_the_sizes_in_turn() -> None:
    picture = LabelledImage("x", np.full((50, 100, 3), 9, np.uint8), np.zeros((0, 4), np.float32), class_mask(()))
    first, second, third = network_inputs(iter([picture] * 3), ((128, 96), (64, 64)))
    assert first.shape == third.shape == (1, 3, 96, 128)
    assert second.shape == (1, 3, 64, 64)
    assert first[0, 0, 63, 5] == 9
    assert first[0, 0, 64, 5] == 114  # 100 x 50 in 128 x 96 is 128 x 64, and padding below


def test_batches_of_the_published_sets_need_no_preparation(tiny_data: Path, small_training: Path) -> None:
    recipe = load_recipe(small_training).model_copy(update={"batch": 3, "input_sizes": ((64, 64),)})
    batch = plain_batches(recipe, tiny_data).draw(0.5)
    assert batch.images.shape == (3, 3, 64, 64)
    assert len(batch.truths) == 3
