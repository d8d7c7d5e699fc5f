from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.evaluation.labelled_images import LabelledImage, class_mask  # noqa: E402
from traffic.training.detector.batches import Batches  # noqa: E402
from traffic.training.detector.network import Yolox, from_nothing  # noqa: E402
from traffic.training.detector.recipe import Recipe, TypeStage, load_recipe  # noqa: E402
from traffic.training.detector.type_examples import TypeExamples, collect_examples  # noqa: E402
from traffic.training.detector.type_stage import add_class_bias, class_weights, refine_types  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
BOX = np.array([[16, 16, 48, 48]], np.float32)


@pytest.fixture
def recipe() -> Recipe:
    changes = {"batch": 2, "input_sizes": ((64, 64),), "shares": {"buses": 1.0}, "mosaic_share": 0.0}
    return load_recipe(SHIPPED).model_copy(update=changes)


@pytest.fixture
def network() -> Yolox:
    torch.manual_seed(0)
    return from_nothing(5, nn.SiLU, "nano").eval()


@pytest.fixture
def examples(network: Yolox, recipe: Recipe) -> list[TypeExamples]:
    """Of a bus, always the same."""
    image = np.full((64, 64, 3), 90, np.uint8)
    image[16:48, 16:48] = (200, 60, 30)
    batches = Batches(recipe, {"buses": lambda _: LabelledImage("bus", image, BOX, class_mask([["bus"]]))})
    return collect_examples(network, (batches.draw(0.0) for _ in range(2)))


def _stage(recipe: Recipe, steps: int) -> TypeStage:
    assert recipe.type_stage is not None
    return recipe.type_stage.model_copy(update={"steps": steps, "learning_rate": 0.01, "cells": 64})


def _labelled(*names: tuple[str, ...]) -> TypeExamples:
    allowed, count = torch.from_numpy(class_mask(names)), len(names)
    return TypeExamples(torch.zeros(count, 64, 5, 5), torch.ones(count, 1, 3, 3), allowed, torch.ones(count))


def test_only_what_classifies_changes(network: Yolox, recipe: Recipe, examples: list[TypeExamples]) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    list(refine_types(network, recipe, _stage(recipe, 2), examples))
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert {name.split(".")[2] for name in changed} == {"class_tower", "classes"}


def test_boxes_and_objectness_stay_to_the_bit(network: Yolox, recipe: Recipe, examples: list[TypeExamples]) -> None:
    images = torch.rand(1, 3, 64, 64) * 255
    with torch.inference_mode():
        before = network.eval()(images)
    list(refine_types(network, recipe, _stage(recipe, 2), examples))
    with torch.inference_mode():
        after = network(images)
    assert torch.equal(before[..., :5], after[..., :5])
    assert not torch.equal(before[..., 5:], after[..., 5:])


def test_the_types_are_learnt(network: Yolox, recipe: Recipe, examples: list[TypeExamples]) -> None:
    losses = list(refine_types(network, recipe, _stage(recipe, 30), examples))
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert not network.training


def test_the_same_seed_gives_the_same_types(network: Yolox, recipe: Recipe, examples: list[TypeExamples]) -> None:
    start = {name: value.clone() for name, value in network.state_dict().items()}
    first = list(refine_types(network, recipe, _stage(recipe, 3), examples))
    network.load_state_dict(start)
    assert list(refine_types(network, recipe, _stage(recipe, 3), examples)) == first


@pytest.mark.parametrize(
    ("power", "expected"),
    [(0.0, [1.0, 1.0]), (0.5, [5 / 6, 10 / 6]), (1.0, [0.625, 2.5])],
    ids=["all the same", "a fourfold number weighs half", "each class as much as the others"],
)
def test_rare_types_weigh_more(power: float, expected: list[float]) -> None:
    cars = [("car",)] * 3 + [("car", "van")]
    weights = class_weights([_labelled(*cars), _labelled(("bus",))], power)
    assert [float(weights[place]) for place in (0, 2)] == pytest.approx(expected, rel=1e-4)


def test_a_class_bias_is_added_to_its_class_everywhere(network: Yolox) -> None:
    images = torch.rand(1, 3, 64, 64) * 255
    with torch.inference_mode():
        before = network(images)
        add_class_bias(network, [0.0, 0.5, 0.0, 0.0, 0.0])
        after = network(images)
    torch.testing.assert_close(after - before, torch.tensor([0.0] * 6 + [0.5] + [0.0] * 3).expand_as(before))
