from pathlib import Path

import pytest

from traffic.training.detector.options import as_given, changed
from traffic.training.detector.recipe import SizeName, load_recipe

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


@pytest.mark.parametrize(
    ("size", "start", "expected"),
    [
        (None, None, ("nano", "first.onnx")),
        ("nano", None, ("nano", "first.onnx")),
        (None, "other.onnx", ("nano", "other.onnx")),
        ("tiny", None, ("tiny", None)),
        ("s", "yolox_s.pth", ("s", "yolox_s.pth")),
    ],
)
def test_a_recipe_of_another_size_never_starts_from_the_weights_of_its_own(
    size: SizeName | None, start: str | None, expected: tuple[str, str | None]
) -> None:
    recipe = load_recipe(SHIPPED).model_copy(update={"start": "first.onnx"})
    made = changed(recipe, size, start)
    assert (made.size, made.start) == expected
    assert bool(made.class_bias) == (made.size == recipe.size)
    assert made.size in made.name


@pytest.mark.parametrize(
    ("size", "start", "expected"),
    [
        (None, None, ""),
        ("tiny", None, " --size tiny"),
        (None, "first.onnx", " --start first.onnx"),
        ("s", "yolox_s.pth", " --size s --start yolox_s.pth"),
    ],
)
def test_a_card_tells_the_options_as_they_were_given(size: SizeName | None, start: str | None, expected: str) -> None:
    assert as_given(size, start) == expected
