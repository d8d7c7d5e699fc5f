from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

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
