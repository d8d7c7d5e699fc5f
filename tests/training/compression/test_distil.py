import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.training.compression.distil import LOG_FILE, distil, taught_loss  # noqa: E402
from traffic.training.compression.recipe import DistilRecipe, Start, Tuning  # noqa: E402
from traffic.training.compression.starting_point import load_float, plain_batches  # noqa: E402
from traffic.training.compression.teachers import open_teacher  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402

SIZE = ((64, 64),)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_short_run_with_the_coco_original_leaves_a_model_and_its_figures(
    tiny_data: Path, released: Path, small_training: Path, one_step: Tuning, tmp_path: Path
) -> None:
    recipe = DistilRecipe(start=Start(card=released, training=small_training), weight=0.5, tuning=one_step)
    model = distil(recipe, tiny_data, tmp_path)
    assert load_float(released).size == "nano"
    assert model.stat().st_size > 1_000_000
    (line,) = [json.loads(text) for text in (tmp_path / LOG_FILE).read_text().splitlines()]
    assert line["weight"] == 0.5
    assert {"overbridge_ap50", "photos_ap"} < line.keys()


def test_the_teacher_adds_to_the_loss_what_its_weight_says(
    tiny_data: Path, released: Path, small_training: Path
) -> None:
    recipe = load_recipe(small_training).model_copy(update={"batch": 2, "input_sizes": SIZE})
    batch = plain_batches(recipe, tiny_data).draw(0.0)
    student = load_float(released)
    with open_teacher(None, recipe.classes, tiny_data, SIZE, InferenceSettings(threads=1)) as teacher:
        losses = [taught_loss(recipe, teacher, weight)(student, batch).total.item() for weight in (0.0, 1.0, 2.0)]
    assert losses[1] > losses[0]
    assert losses[2] - losses[1] == pytest.approx(losses[1] - losses[0], rel=1e-3)
