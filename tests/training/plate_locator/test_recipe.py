from pathlib import Path

import pytest
import yaml

from traffic.errors import ConfigError
from traffic.training.plate_locator.recipe import load_recipe

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "plate_locator.yaml"


def test_the_shipped_recipe_measures_on_frames_that_it_does_not_train_on() -> None:
    recipe = load_recipe(SHIPPED)
    assert not set(recipe.rendered.seeds) & set(recipe.rendered_held_out.seeds)
    assert set(recipe.shares) == {"taught", "pasted", "silent", "dashcam", "rendered"}


@pytest.mark.parametrize(
    "change",
    [{"steps": 0}, {"input_size": [250, 192]}, {"steepest_deg": 90}, {"speed": "fast"}, {"shares": {"taught": 2}}],
    ids=str,
)
def test_what_a_recipe_cannot_say_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(SHIPPED.read_text()) | change))
    with pytest.raises(ConfigError, match=next(iter(change))):
        load_recipe(path)
