from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402

from traffic.training.classifier.batches import Batches, as_tensor, sampling_shares  # noqa: E402
from traffic.training.classifier.recipe import Recipe, load_recipe  # noqa: E402
from traffic.training.classifier.samples import Sample  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_classifier.yaml"


def sample(kind: str | None, colour: str | None, source: str = "street") -> Sample:
    return Sample(source, np.full((24, 24, 3), 99, np.uint8), (4, 4, 20, 20), kind, colour)


@pytest.fixture
def recipe() -> Recipe:
    return load_recipe(SHIPPED).model_copy(update={"batch": 40, "input_size": (32, 32), "rendered_share": 0.25})


def test_a_batch_holds_pictures_and_what_is_known_of_them(recipe: Recipe) -> None:
    real, drawn = [sample("bus", None)] * 3, [sample("car", "blue", "rendered")] * 3
    batch = Batches(recipe, real, drawn).draw()
    assert tuple(batch.images.shape) == (40, 3, 32, 32)
    bus, car, blue = recipe.types.index("bus"), recipe.types.index("car"), recipe.colours.index("blue")
    assert {(kind, colour) for kind, colour in zip(batch.types.tolist(), batch.colours.tolist(), strict=True)} == {
        (bus, -1),
        (car, blue),
    }
    assert 0 < (batch.types == car).sum() < 20


def test_the_rare_are_drawn_more_often_than_their_number_says() -> None:
    samples = [sample("car", "white")] * 90 + [sample("bus", "white")] * 9 + [sample("car", "green")]
    shares = sampling_shares(samples)
    assert shares.sum() == pytest.approx(1)
    assert shares[90] == pytest.approx(shares[0] * (91 / 9) ** 0.5)
    assert shares[99] == pytest.approx(shares[0] * 99**0.5)


def test_the_channels_come_first_and_keep_their_order() -> None:
    image = np.zeros((1, 4, 5, 3), np.uint8)
    image[..., 0] = 200
    tensor = as_tensor(image)
    assert tuple(tensor.shape) == (1, 3, 4, 5)
    assert tensor[0, :, 0, 0].tolist() == [200, 0, 0]
