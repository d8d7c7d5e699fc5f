import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.compression.fine_tune import LOG_EVERY, fine_tune  # noqa: E402
from traffic.training.compression.starting_point import plain_batches  # noqa: E402
from traffic.training.detector.batches import Batch  # noqa: E402
from traffic.training.detector.loss import Loss  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402


def smaller_stem(network: Yolox, _batch: Batch) -> Loss:
    return Loss(network.stem.conv.weight.square().sum(), 0.0, 0.0, 0.0)


def test_a_loss_of_ones_own_is_lowered_and_told(tiny_data: Path, small_training: Path, tmp_path: Path) -> None:
    short = {"steps": LOG_EVERY, "batch": 1, "input_sizes": ((64, 64),), "learning_rate": 0.01, "ema_decay": 0.5}
    recipe = load_recipe(small_training).model_copy(update=short)
    network = Yolox(5, nn.SiLU)
    before = network.stem.conv.weight.square().sum().item()
    average = fine_tune(network, recipe, plain_batches(recipe, tiny_data), smaller_stem, tmp_path / "log.jsonl")
    (line,) = [json.loads(text) for text in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert line["step"] == LOG_EVERY
    assert line["loss"] < before
    assert average.stem.conv.weight.square().sum().item() < 0.9 * before
    assert not average.training
