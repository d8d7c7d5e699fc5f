from pathlib import Path

import pytest
import yaml

from traffic.datatypes import VEHICLE_CLASSES
from traffic.errors import ConfigError
from traffic.evaluation.labelled_images import load_sets
from traffic.training.detector.recipe import load_recipe

RECIPES = Path(__file__).parents[3] / "traffic" / "training" / "recipes"
SHIPPED = RECIPES / "vehicle_detector.yaml"


@pytest.mark.parametrize("name", ["vehicle_detector.yaml", "vehicle_detector_start.yaml", "vehicle_detector_silu.yaml"])
def test_the_shipped_recipe_draws_only_from_known_sources(name: str) -> None:
    recipe = load_recipe(RECIPES / name)
    assert set(recipe.shares) <= set(load_sets()) | {"rendered", "crops"}
    assert sum(recipe.shares.values()) == pytest.approx(1)
    assert recipe.classes == VEHICLE_CLASSES


def test_the_shipped_recipe_trains_on_no_frame_that_it_measures_on() -> None:
    rendered = load_recipe(SHIPPED).rendered
    assert not set(rendered.seeds) & set(rendered.held_out_seeds)
    assert (len(rendered.seeds), len(rendered.held_out_seeds)) == (rendered.frames, rendered.held_out_frames)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"steps": 0}, "steps"),
        ({"input_sizes": [[416, 400]]}, "input_sizes"),
        ({"classes": ["tram"]}, "classes"),
        ({"minutes": 30}, "minutes"),
        ({"size": "xl"}, "size"),
        ({"activation": "relu"}, "activation"),
    ],
)
def test_an_impossible_recipe_is_refused_by_field(tmp_path: Path, changes: dict[str, object], complaint: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(SHIPPED.read_text()) | changes))
    with pytest.raises(ConfigError, match=complaint):
        load_recipe(path)
