import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402

from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.classifier.recipe import Recipe  # noqa: E402
from traffic.training.classifier.train import LOG_FILE, held_out_sets, real_samples, train  # noqa: E402


@pytest.mark.filterwarnings("ignore")
def test_a_short_run_leaves_a_model_that_answers_and_its_log(
    tiny_recipe: Recipe, tiny_gallery: Path, tmp_path: Path
) -> None:
    model = train(tiny_recipe, tiny_gallery, tmp_path)
    with OnnxEngine(model, tiny_recipe.input_size, InferenceSettings(threads=1)) as engine:
        rows = engine.infer(np.zeros((2, 32, 32, 3), np.uint8))
    assert rows.shape == (2, 15)
    (figures,) = [json.loads(line) for line in (tmp_path / LOG_FILE).read_text().splitlines()]
    assert figures["step"] == 2
    assert {"real_type", "real_colour", "rendered_type", "rendered_colour"} < figures.keys()


def test_the_two_sides_of_the_list_share_no_sample(tiny_recipe: Recipe, tiny_gallery: Path, tmp_path: Path) -> None:
    trained = real_samples(tiny_recipe, tiny_gallery, "train")
    sets = held_out_sets(tiny_recipe, tiny_gallery, tmp_path)
    assert [sample.type for sample in trained] == ["car", "bus", None, "truck"]
    assert [sample.type for sample in sets["real"]] == ["car", "bus"]
    assert len(sets["rendered"]) > 0
