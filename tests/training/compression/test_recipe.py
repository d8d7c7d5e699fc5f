from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.errors import ConfigError
from traffic.training.compression.recipe import (
    load_quantisation_aware,
    load_quantise,
    training_recipe,
)

RECIPES = Path(__file__).parents[3] / "traffic" / "training" / "recipes"


def test_a_tuning_changes_its_own_numbers_of_the_training_recipe_and_no_others() -> None:
    recipe = load_quantisation_aware(RECIPES / "quantisation_aware.yaml")
    start = recipe.start.model_copy(update={"training": RECIPES / "vehicle_detector.yaml"})
    made = training_recipe(start, recipe.tuning)
    assert made.steps == recipe.tuning.steps
    assert made.learning_rate == recipe.tuning.learning_rate
    assert made.classes == ("car", "van", "bus", "truck", "motorcycle")


def test_a_word_that_no_recipe_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("calibration: {method: guess, pictures: 3, input_sizes: [[64, 64]]}\n")
    with pytest.raises(ConfigError, match=r"(?s)recipe\.yaml is not a recipe: .*QuantiseRecipe.*entropy"):
        load_quantise(path)
