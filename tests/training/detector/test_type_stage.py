from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.evaluation.labelled_images import LabelledImage, class_mask  # noqa: E402
from traffic.training.detector.batches import Batches  # noqa: E402
from traffic.training.detector.network import Yolox, from_nothing  # noqa: E402
from traffic.training.detector.recipe import Recipe, TypeStage, load_recipe  # noqa: E402
from traffic.training.detector.type_stage import add_class_bias, refine_types  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
BOX = np.array([[16, 16, 48, 48]], np.float32)


@pytest.fixture
def recipe() -> Recipe:
    changes = {"batch": 2, "input_sizes": ((64, 64),), "shares": {"buses": 1.0}, "mosaic_share": 0.0}
    return load_recipe(SHIPPED).model_copy(update=changes)


@pytest.fixture
def batches(recipe: Recipe) -> Batches:
    """A bus, always the same."""
    image = np.full((64, 64, 3), 90, np.uint8)
    image[16:48, 16:48] = (200, 60, 30)
    return Batches(recipe, {"buses": lambda _: LabelledImage("bus", image, BOX, class_mask([["bus"]]))})


@pytest.fixture
def network() -> Yolox:
    torch.manual_seed(0)
    return from_nothing(5, nn.SiLU, "nano").eval()


def test_only_what_classifies_changes(network: Yolox, recipe: Recipe, batches: Batches) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    list(refine_types(network, recipe, TypeStage(steps=2, learning_rate=0.01), batches))
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert {name.split(".")[2] for name in changed} == {"class_tower", "classes"}


def test_boxes_and_objectness_stay_to_the_bit(network: Yolox, recipe: Recipe, batches: Batches) -> None:
    images = torch.rand(1, 3, 64, 64) * 255
    with torch.inference_mode():
        before = network(images)
    list(refine_types(network, recipe, TypeStage(steps=2, learning_rate=0.01), batches))
    with torch.inference_mode():
        after = network(images)
    assert torch.equal(before[..., :5], after[..., :5])
    assert not torch.equal(before[..., 5:], after[..., 5:])


def test_the_types_are_learnt(network: Yolox, recipe: Recipe, batches: Batches) -> None:
    losses = [loss.classes for loss in refine_types(network, recipe, TypeStage(steps=30, learning_rate=0.01), batches)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert not network.training


def test_a_class_bias_is_added_to_its_class_everywhere(network: Yolox) -> None:
    images = torch.rand(1, 3, 64, 64) * 255
    with torch.inference_mode():
        before = network(images)
        add_class_bias(network, [0.0, 0.5, 0.0, 0.0, 0.0])
        after = network(images)
    torch.testing.assert_close(after - before, torch.tensor([0.0] * 6 + [0.5] + [0.0] * 3).expand_as(before))
