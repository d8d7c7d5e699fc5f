from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from traffic.errors import ConfigError
from traffic.settings import Settings
from traffic.training.classifier.recipe import load_recipe as load_classifier
from traffic.training.compression.recipe import load_distil, load_prune, load_quantisation_aware, load_quantise
from traffic.training.detector.recipe import load_recipe as load_detector
from traffic.training.plate_locator.recipe import load_recipe as load_locator
from traffic.training.plate_reader.recipe import load_recipe as load_reader
from traffic.training.recipe_file import InputSize, RenderedFrames, Share, read_recipe


class Bread(Settings):
    """A recipe as a stranger would write one."""

    minutes: int = Field(gt=0)
    rye: Share
    tin: InputSize


RECIPES = Path(__file__).parents[2] / "traffic" / "training" / "recipes"
GOOD = "minutes: 40\nrye: 0.3\ntin: [64, 32]\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bread.yaml"


def test_a_recipe_is_read_as_it_stands(path: Path) -> None:
    path.write_text(GOOD)
    assert read_recipe(path, Bread, "bread.yaml") == Bread(minutes=40, rye=0.3, tin=(64, 32))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("minutes: 0\nrye: 0.3\ntin: [64, 32]\n", "minutes"),
        ("minutes: 40\nrye: 1.3\ntin: [64, 32]\n", "rye"),
        ("minutes: 40\nrye: 0.3\ntin: [64, 30]\n", "tin"),
        (GOOD + "salt: 1\n", "salt"),
        ("minutes: 40\n", "rye"),
        ("minutes: {\n", "expected"),
        ("minutes: 2026-13-45\n", "month"),
        ("", "Bread"),
        ("a loaf\n", "Bread"),
    ],
)
def test_what_is_no_recipe_is_refused_with_the_reason_and_an_example(path: Path, text: str, complaint: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"(?s)bread\.yaml is not a recipe: .*{complaint}") as refused:
        read_recipe(path, Bread, "shipped.yaml")
    assert "see traffic/training/recipes/shipped.yaml" in str(refused.value)


@pytest.mark.parametrize("what", ["a missing file", "a folder", "a picture"])
def test_a_path_without_a_text_is_refused_by_name(path: Path, what: str) -> None:
    if what == "a folder":
        path.mkdir()
    if what == "a picture":
        path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ConfigError, match=r"bread\.yaml is not a recipe"):
        read_recipe(path, Bread, "shipped.yaml")


def test_frames_to_train_on_and_to_measure_on_are_ranges_of_seeds() -> None:
    rendered = RenderedFrames(frames=3, first_seed=10, held_out_frames=2, held_out_first_seed=100)
    assert (list(rendered.seeds), list(rendered.held_out_seeds)) == ([10, 11, 12], [100, 101])


@pytest.mark.parametrize(
    ("load", "shipped"),
    [
        (load_classifier, "vehicle_classifier.yaml"),
        (load_detector, "vehicle_detector.yaml"),
        (load_distil, "distil.yaml"),
        (load_locator, "plate_locator.yaml"),
        (load_prune, "prune.yaml"),
        (load_quantisation_aware, "quantisation_aware.yaml"),
        (load_quantise, "quantise.yaml"),
        (load_reader, "plate_reader.yaml"),
    ],
)
def test_every_room_names_a_recipe_of_its_own_where_one_is_missing(
    path: Path, load: Callable[[Path], Settings], shipped: str
) -> None:
    with pytest.raises(ConfigError, match=rf"(?s)bread\.yaml.*see traffic/training/recipes/{shipped}"):
        load(path)
    assert load(RECIPES / shipped)
