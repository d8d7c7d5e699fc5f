from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.preparation import open_sources, start_network  # noqa: E402
from traffic.training.detector.recipe import Recipe, load_recipe  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


@pytest.fixture
def recipe() -> Recipe:
    shipped = load_recipe(SHIPPED)
    rendered = shipped.rendered.model_copy(update={"frames": 1, "first_seed": 10})
    return shipped.model_copy(update={"rendered": rendered})


def test_every_share_has_a_source_and_none_gives_a_held_out_picture(
    recipe: Recipe, tiny_data: Path, tmp_path: Path
) -> None:
    sources = open_sources(recipe, tiny_data, tmp_path / "cache")
    assert set(sources) == set(recipe.shares)
    random = np.random.default_rng(0)
    names = {sources[name](random).name for name in sources for _ in range(5)}
    assert "det_topview/train/images/a.png" in names
    assert not {name for name in names if "2_mp4" in name or "Z97" in name or "valid" in name}


def test_a_network_starts_with_mish_and_normalization(recipe: Recipe, tiny_data: Path) -> None:
    network = start_network(recipe, tiny_data, [torch.rand(2, 3, 64, 64) * 255])
    assert network.training
    assert isinstance(network.stem.activation, nn.Mish)
    assert isinstance(network.stem.norm, nn.BatchNorm2d)
    assert network.heads[0].classes.out_channels == len(recipe.classes)
