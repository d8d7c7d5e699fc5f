from pathlib import Path

import pytest
import yaml

from traffic.datatypes import VEHICLE_COLOURS, VEHICLE_TYPES
from traffic.errors import ConfigError
from traffic.training.classifier.recipe import load_recipe

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_classifier.yaml"


def test_the_shipped_recipe_tells_the_types_and_colours_of_the_product() -> None:
    recipe = load_recipe(SHIPPED)
    assert (recipe.types, recipe.colours) == (VEHICLE_TYPES, VEHICLE_COLOURS)


def test_the_shipped_recipe_trains_on_no_frame_that_it_measures_on() -> None:
    rendered = load_recipe(SHIPPED).rendered
    assert not set(rendered.seeds) & set(rendered.held_out_seeds)
    assert (len(rendered.seeds), len(rendered.held_out_seeds)) == (rendered.frames, rendered.held_out_frames)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"steps": 0}, "steps"),
        ({"input_size": [96, 100]}, "input_size"),
        ({"types": ["car"]}, "types"),
        ({"rendered_share": 1.5}, "rendered_share"),
        ({"minutes": 30}, "minutes"),
    ],
)
def test_an_impossible_recipe_is_refused_by_field(tmp_path: Path, changes: dict[str, object], complaint: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(SHIPPED.read_text()) | changes))
    with pytest.raises(ConfigError, match=complaint):
        load_recipe(path)
