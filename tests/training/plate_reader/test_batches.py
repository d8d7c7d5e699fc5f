from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from itertools import islice  # noqa: E402

import numpy as np  # noqa: E402

from traffic.training.plate_reader.batches import batch_of, training_batches  # noqa: E402
from traffic.training.plate_reader.samples import Samples  # noqa: E402


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
    order = np.sort(np.random.default_rng(2).permutation(len(samples))[:8])
    plain = batch_of(samples, order)
    assert 0 < (batch.images - plain.images).abs().mean() < 40
    assert batch.images.min() >= 0
    assert batch.images.max() <= 255
    torch.testing.assert_close(batch.cells, plain.cells)
