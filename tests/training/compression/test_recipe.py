from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.errors import ConfigError
from traffic.settings import Settings
from traffic.training.compression.recipe import (
    DistilRecipe,
    PruneRecipe,
    QuantisationAwareRecipe,
    QuantiseRecipe,
    load,
    training_recipe,
)

RECIPES = Path(__file__).parents[3] / "traffic" / "training" / "recipes"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("quantise.yaml", QuantiseRecipe),
        ("quantisation_aware.yaml", QuantisationAwareRecipe),
        ("prune.yaml", PruneRecipe),
        ("distil.yaml", DistilRecipe),
    ],
)
def test_every_shipped_recipe_is_one_of_its_kind(file: str, kind: type[Settings]) -> None:
    assert isinstance(load(RECIPES / file, kind), kind)


def test_a_tuning_changes_its_own_numbers_of_the_training_recipe_and_no_others() -> None:
    recipe = load(RECIPES / "quantisation_aware.yaml", QuantisationAwareRecipe)
    start = recipe.start.model_copy(update={"training": RECIPES / "vehicle_detector.yaml"})
    made = training_recipe(start, recipe.tuning)
    assert made.steps == recipe.tuning.steps
    assert made.learning_rate == recipe.tuning.learning_rate
    assert made.classes == ("car", "van", "bus", "truck", "motorcycle")


def test_a_word_that_no_recipe_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("calibration: {method: guess, pictures: 3, input_sizes: [[64, 64]]}\n")
    with pytest.raises(ConfigError, match=r"(?s)recipe\.yaml is not a QuantiseRecipe.*entropy"):
        load(path, QuantiseRecipe)


def test_a_missing_recipe_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="see the recipes in traffic/training/recipes"):
        load(tmp_path / "none.yaml", PruneRecipe)
