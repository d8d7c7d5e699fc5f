"""Batches of drawn crops, changed a little each time they are seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from traffic.datatypes import Int64Array
from traffic.training.plate_reader.loss import Batch
from traffic.training.plate_reader.samples import Samples

_SHIFT_PX = 3


def training_batches(samples: Samples, size: int, seed: int) -> Iterator[Batch]:
    """Batches without end; each pass over the samples in another order."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(samples))
        for start in range(0, len(order) - size + 1, size):
            yield _changed(batch_of(samples, np.sort(order[start : start + size])), rng)


def batch_of(samples: Samples, chosen: Int64Array) -> Batch:
    """The samples with some indices, as they are."""
    pictures = np.ascontiguousarray(samples.pictures[chosen])
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    labels = (samples.symbols[chosen], samples.cells[chosen], samples.countries[chosen])
    return Batch(images, *(torch.from_numpy(np.ascontiguousarray(label)) for label in labels))


def _changed(batch: Batch, rng: np.random.Generator) -> Batch:
    """A little moved, lighter or darker, tinted and noisy; the grid is too coarse to notice the move."""
    down, right = rng.integers(-_SHIFT_PX, _SHIFT_PX + 1, 2).tolist()
    images = _moved(batch.images, down // 2, right)
    count = len(images)
    tint = torch.from_numpy(np.exp(rng.normal(0, 0.05, (count, 3, 1, 1))).astype(np.float32))
    lift = torch.from_numpy(rng.normal(0, 8, (count, 1, 1, 1)).astype(np.float32))
    noise = torch.from_numpy(rng.standard_normal(images.shape[-2:], dtype=np.float32))
    strength = torch.from_numpy(rng.gamma(1.0, 2.0, (count, 1, 1, 1)).astype(np.float32))
    changed = (images * tint + lift + noise * strength).clamp(0, 255)
    return Batch(changed, batch.symbols, batch.cells, batch.countries)


def _moved(images: Tensor, down: int, right: int) -> Tensor:
    padded = torch.nn.functional.pad(images, (_SHIFT_PX,) * 4, mode="replicate")
    height, width = images.shape[2:]
    return padded[:, :, _SHIFT_PX - down :, _SHIFT_PX - right :][:, :, :height, :width]
