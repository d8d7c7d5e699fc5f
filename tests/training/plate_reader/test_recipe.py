from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

import yaml  # noqa: E402

from traffic.errors import ConfigError  # noqa: E402
from traffic.training.plate_reader.recipe import load_recipe  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic/training/recipes/plate_reader.yaml"


def test_the_shipped_recipe_loads() -> None:
    assert load_recipe(SHIPPED).name == "plate-reader"


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "recipe.yaml"
    wrong.write_text(SHIPPED.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="colour"):
        load_recipe(wrong)


@pytest.mark.parametrize(
    "stages",
    [[{"beside": True}], [{}, {"beside": True, "blocks": [2, 3]}], [{}, {"beside": True}, {"beside": True}]],
    ids=["the first", "with new blocks", "beside one that is beside another"],
)
def test_a_stage_that_has_nothing_to_be_beside_is_refused(stages: list[dict[str, object]], tmp_path: Path) -> None:
    recipe = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    usual = {"seed": 1, "samples": 8, "steps": 2, "rectified": 0.5, "learning_rate": 0.001}
    recipe["stages"] = [usual | stage for stage in stages]
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"stage {len(stages)} is beside another"):
        load_recipe(tmp_path / "recipe.yaml")
