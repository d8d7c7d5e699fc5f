import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402

from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.classifier.export import export_onnx  # noqa: E402
from traffic.training.classifier.network import VehicleNet  # noqa: E402
from traffic.training.classifier.recipe import Opinion, Recipe  # noqa: E402
from traffic.training.classifier.second_opinion import OPINION_FILE, add_opinion, learn  # noqa: E402
from traffic.training.classifier.train import LOG_FILE, MODEL_FILE  # noqa: E402
from traffic.training.classifier.trunk import FEATURES, TypeHead  # noqa: E402


@pytest.fixture
def short() -> Opinion:
    return Opinion(
        views=2, rendered_views=1, steps=60, batch=32, learning_rate=0.01, weight_decay=0.0, ema_decay=0.5, dropout=0.0,
        label_smoothing=0.0,
    )  # fmt: skip


def test_a_head_learns_what_it_is_shown_and_nothing_of_the_unknown(short: Opinion, tmp_path: Path) -> None:
    torch.manual_seed(0)
    features = torch.randn(90, FEATURES)
    types = torch.arange(90) % 3 - 1
    features[:, 0] += 6 * types
    head = learn(short, TypeHead(features, 2, 0.0), (features, types, np.full(90, 1 / 90)), tmp_path / "log", 0)
    known = types >= 0
    answers = head(features).argmax(dim=1)
    assert (answers[known] == types[known]).all()


@pytest.mark.filterwarnings("ignore")
def test_a_short_run_leaves_a_joined_model_and_its_log(
    tiny_recipe: Recipe, tiny_gallery: Path, short: Opinion, tmp_path: Path
) -> None:
    first, out = tmp_path / "first" / MODEL_FILE, tmp_path / "out"
    first.parent.mkdir()
    export_onnx(VehicleNet(7, 8), first, tiny_recipe.input_size)
    first.with_name(LOG_FILE).write_text('{"step": 1}\n')
    recipe = tiny_recipe.model_copy(update={"opinion": short.model_copy(update={"steps": 2})})
    joined = add_opinion(recipe, tiny_gallery, first, out)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    rows = {}
    for path in (first, out / OPINION_FILE, joined):
        with OnnxEngine(path, recipe.input_size, InferenceSettings(threads=1)) as engine:
            rows[path] = engine.infer(pictures)
    np.testing.assert_allclose(rows[joined][:, :7], (rows[first][:, :7] + rows[out / OPINION_FILE]) / 2, atol=1e-5)
    np.testing.assert_allclose(rows[joined][:, 7:], rows[first][:, 7:], atol=1e-6)
    before, figures = [json.loads(line) for line in (out / LOG_FILE).read_text().splitlines()]
    assert before == {"step": 1}
    assert {"real_type", "rendered_type"} < figures.keys()
