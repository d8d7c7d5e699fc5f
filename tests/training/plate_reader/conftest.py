from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_reader.recipe import Recipe, Stage, load_recipe
from traffic.training.plate_reader.samples import Samples, held_out_samples, stage_samples

SHIPPED = Path(__file__).parents[3] / "traffic/training/recipes/plate_reader.yaml"


@pytest.fixture(scope="session")
def tiny_recipe() -> Recipe:
    stages = (
        Stage(seed=1, samples=48, steps=4, rectified=0.6, learning_rate=1e-3),
        Stage(seed=2, samples=16, steps=5, stop=2, rectified=1.0, learning_rate=1e-3),
    )
    changes = {
        "held_out_samples": 12,
        "batch": 8,
        "evaluate_every": 4,
        "fonts": (),
        "font_folders": (),
        "channels": (8, 8, 16),
    }
    return load_recipe(SHIPPED).model_copy(update={**changes, "stages": stages})


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory, tiny_recipe: Recipe) -> Path:
    folder = tmp_path_factory.mktemp("plates")
    stage_samples(tiny_recipe, tiny_recipe.stages[0], folder)
    held_out_samples(tiny_recipe, folder)
    return folder


@pytest.fixture
def samples(tiny_recipe: Recipe, drawn_folder: Path) -> Samples:
    return stage_samples(tiny_recipe, tiny_recipe.stages[0], drawn_folder)
