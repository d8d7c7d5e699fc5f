import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_locator.batches import Batches, as_batch  # noqa: E402
from traffic.training.plate_locator.recipe import Recipe  # noqa: E402
from traffic.training.plate_locator.samples import PlateView  # noqa: E402


def grey(shade: int, plates: int) -> PlateView:
    quads = np.full((plates, 4, 2), shade, np.float32)
    return PlateView(np.full((192, 256, 3), shade, np.uint8), quads, np.ones(plates, np.bool_))


def test_a_batch_holds_the_pictures_as_the_network_takes_them() -> None:
    picture = grey(7, 1)
    picture.image[5, 9] = (1, 2, 3)
    batch = as_batch([picture, grey(9, 0)])
    assert (batch.images.shape, batch.images.dtype) == ((2, 3, 192, 256), torch.float32)
    assert batch.images[0, :, 5, 9].tolist() == [1, 2, 3]
    assert [len(truth.quads) for truth in batch.truths] == [1, 0]


def test_sources_are_drawn_by_their_shares_and_alike_for_the_same_seed(recipe: Recipe) -> None:
    shares = {"taught": 0.3, "silent": 0.1}
    few = recipe.model_copy(update={"batch": 100, "shares": shares})
    sources = {"taught": lambda random: grey(120, 1), "silent": lambda random: grey(120, 0)}
    first, again = Batches(few, sources).draw(), Batches(few, sources).draw()
    with_plates = sum(len(truth.quads) for truth in first.truths)
    assert 60 <= with_plates <= 90
    torch.testing.assert_close(first.images, again.images)
