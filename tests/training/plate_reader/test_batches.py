from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from itertools import islice  # noqa: E402

import numpy as np  # noqa: E402

from traffic.errors import ConfigError  # noqa: E402
from traffic.training.plate_reader.batches import batch_of, mixed_batches, moved_cells, training_batches  # noqa: E402
from traffic.training.plate_reader.samples import NOWHERE, Samples  # noqa: E402


def test_a_plain_batch_is_the_crops_as_planes(samples: Samples) -> None:
    batch = batch_of(samples, np.array([3, 5]))
    assert batch.images.shape == (2, 3, 48, 160)
    np.testing.assert_array_equal(batch.images[1, 2].numpy(), samples.pictures[5][:, :, 2])
    np.testing.assert_array_equal(batch.symbols.numpy(), samples.symbols[[3, 5]])


def test_one_pass_shows_every_crop_once(samples: Samples) -> None:
    batches = list(islice(training_batches(samples, 8, seed=1), len(samples) // 8))
    shown = sorted(tuple(row) for batch in batches for row in batch.symbols.tolist())
    assert shown == sorted(tuple(row) for row in samples.symbols.tolist())


def test_a_crop_is_changed_a_little_each_time_but_stays_the_same_picture(samples: Samples) -> None:
    batch = next(training_batches(samples, 8, seed=2))
    plain = batch_of(samples, np.sort(np.random.default_rng(2).permutation(len(samples))[:8]))
    assert 0 < (batch.images - plain.images).abs().mean() < 40
    assert batch.images.min() >= 0
    assert batch.images.max() <= 255
    torch.testing.assert_close(batch.symbols, plain.symbols)
    blank = plain.cells == NOWHERE
    assert (batch.cells[blank] == NOWHERE).all()
    assert (batch.cells[~blank] < NOWHERE).all()


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [
        (((1, 0, 0), (0, 1, 0)), (0, 45, NOWHERE, -100), (0, 45, NOWHERE, -100)),
        (((1, 0, 16), (0, 1, 8)), (0, 45, NOWHERE, -100), (22, 67, NOWHERE, -100)),
        (((1, 0, -40), (0, 1, -40)), (2, 44, NOWHERE, -100), (0, 0, NOWHERE, -100)),
        (((0.5, 0, 0), (0, 1, 0)), (4, 30, NOWHERE, -100), (2, 25, NOWHERE, -100)),
    ],
)
def test_characters_move_with_the_picture_and_stay_in_the_grid(
    move: tuple[tuple[float, ...], ...], before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    assert moved_cells(np.array(before), np.array(move, np.float32)).tolist() == list(after)


@pytest.mark.parametrize(("share", "real_crops"), [(0.25, 2), (0.5, 4), (0.05, 1)])
def test_a_mixed_batch_has_its_share_of_real_crops_and_at_least_one(
    samples: Samples, share: float, real_crops: int
) -> None:
    real = Samples(
        samples.pictures, samples.symbols, np.full_like(samples.cells, -100), samples.countries, samples.signs
    )
    batch = next(mixed_batches(samples, real, 8, seed=3, share=share))
    assert batch.images.shape[0] == 8
    assert (batch.cells == -100).all(1).tolist() == [False] * (8 - real_crops) + [True] * real_crops


@pytest.mark.parametrize("size", [0, 49])
def test_a_batch_that_cannot_be_filled_is_refused(samples: Samples, size: int) -> None:
    with pytest.raises(ConfigError, match=f"at least 1 and at most 48 crops a batch.*got {size}"):
        next(training_batches(samples, size, seed=1))
