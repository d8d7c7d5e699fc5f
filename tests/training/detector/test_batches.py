from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.evaluation.labelled_images import LabelledImage, class_mask  # noqa: E402
from traffic.training.detector.batches import Batches, Source  # noqa: E402
from traffic.training.detector.recipe import Recipe, load_recipe  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


def recipe(**changes: object) -> Recipe:
    return load_recipe(SHIPPED).model_copy(update={"batch": 4, "input_sizes": ((96, 64),), **changes})


def source(shade: int, drawn: list[int]) -> Source:
    def draw(random: np.random.Generator) -> LabelledImage:
        drawn.append(shade)
        image = np.full((60, 90, 3), shade, np.uint8)
        return LabelledImage(str(shade), image, np.array([[20, 20, 70, 50]], np.float32), class_mask([("van",)]))

    return draw


def test_a_batch_has_the_recipes_shape_and_classes() -> None:
    batches = Batches(recipe(shares={"a": 1.0}, classes=("van", "bus")), {"a": source(90, [])})
    batch = batches.draw(0.0)
    assert batch.images.shape == (4, 3, 64, 96)
    assert batch.images.dtype == torch.float32
    assert len(batch.truths) == 4
    assert {tuple(row) for truth in batch.truths for row in truth.allowed.tolist()} <= {(True, False), (False, False)}


def test_the_same_seed_gives_the_same_batches_and_another_seed_others() -> None:
    def first(seed: int) -> torch.Tensor:
        return Batches(recipe(shares={"a": 1.0}, seed=seed), {"a": source(90, [])}).draw(0.5).images

    torch.testing.assert_close(first(1), first(1), rtol=0, atol=0)
    assert not torch.equal(first(1), first(2))


def test_tiles_come_from_the_sources_by_their_shares() -> None:
    drawn: list[int] = []
    batches = Batches(recipe(shares={"a": 0.75, "b": 0.25}), {"a": source(50, drawn), "b": source(200, drawn)})
    for _ in range(60):
        batches.draw(1.0)
    assert len(drawn) == 60 * 4 * 4
    assert drawn.count(50) / len(drawn) == pytest.approx(0.75, abs=0.05)
