"""Batches of crops, changed a little each time they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import torch
from torch import Tensor

from traffic.datatypes import Float32Array, Int64Array, UInt8Array
from traffic.errors import ConfigError
from traffic.plates.ocr import SIZE
from traffic.training.plate_reader.loss import Batch
from traffic.training.plate_reader.samples import GRID, NOWHERE, STRIDE, Samples

_SHIFT_PX = (3.0, 2.0)
"""Standard deviations across and down."""
_BLURRED = 0.15
"""Share of crops that are blurred once more."""


def training_batches(samples: Samples, size: int, seed: int) -> Iterator[Batch]:
    """Batches without end; each pass over the samples in another order.

    Raises:
        ConfigError: there are fewer samples than a batch has, or a batch has none.
    """
    if not 1 <= size <= len(samples):
        raise ConfigError(
            f"expected at least 1 and at most {len(samples)} crops a batch, as there are no more, got {size}",
            remedy="change the recipe's batch, or its shares and numbers of crops",
        )
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(samples))
        for start in range(0, len(order) - size + 1, size):
            yield _changed(samples, np.sort(order[start : start + size]), rng)


def mixed_batches(drawn: Samples, real: Samples, size: int, seed: int, share: float) -> Iterator[Batch]:
    """Batches without end, of which a share are real crops, at least one in each."""
    count = max(round(size * share), 1)
    pairs = zip(training_batches(drawn, size - count, seed), training_batches(real, count, seed), strict=True)
    for both in pairs:
        yield Batch(*(torch.cat(parts) for parts in zip(*map(_tensors, both), strict=True)))


def _tensors(batch: Batch) -> tuple[Tensor, ...]:
    return batch.images, batch.symbols, batch.cells, batch.countries, batch.signs


def batch_of(samples: Samples, chosen: Int64Array) -> Batch:
    """The samples with some indices, as they are."""
    pictures = np.ascontiguousarray(samples.pictures[chosen])
    return _batch(pictures, samples, chosen, samples.cells[chosen])


def _batch(pictures: UInt8Array, samples: Samples, chosen: Int64Array, cells: Int64Array) -> Batch:
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    labels = (samples.symbols[chosen], cells, samples.countries[chosen], samples.signs[chosen])
    return Batch(images, *(torch.from_numpy(np.ascontiguousarray(label)) for label in labels))


def _changed(samples: Samples, chosen: Int64Array, rng: np.random.Generator) -> Batch:
    """Each crop a little moved, turned, sheared, scaled, lighter or darker, tinted and noisy."""
    moves = [_move(rng) for _ in chosen]
    pictures = np.stack([_moved(samples.pictures[i], move, rng) for i, move in zip(chosen, moves, strict=True)])
    cells = np.stack([moved_cells(samples.cells[i], move) for i, move in zip(chosen, moves, strict=True)])
    batch = _batch(pictures, samples, chosen, cells)
    return replace(batch, images=_lit(batch.images, rng))


def _move(rng: np.random.Generator) -> Float32Array:
    """(2, 3): from a crop's pixels to those of the changed one."""
    linear = np.eye(2) + rng.normal(0, 1, (2, 2)) * np.array([[0.03, 0.08], [0.012, 0.08]])
    middle = np.array(SIZE) / 2
    offset = middle - linear @ middle + rng.normal(0, 1, 2) * _SHIFT_PX
    return np.concatenate([linear, offset[:, None]], axis=1).astype(np.float32)


def _moved(picture: UInt8Array, move: Float32Array, rng: np.random.Generator) -> UInt8Array:
    moved = cv2.warpAffine(picture, move, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < _BLURRED:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.5, 1.6), sigmaY=rng.uniform(0.3, 1.0))
    return np.asarray(moved, np.uint8)


def moved_cells(cells: Int64Array, move: Float32Array) -> Int64Array:
    """Where the characters in some cells (slots,) lie after a move; nowhere and unknown stay what they are."""
    rows, columns = np.divmod(cells, GRID[0])
    middles = np.stack([columns + 0.5, rows + 0.5, np.full(len(cells), 1 / STRIDE)], axis=1) * STRIDE
    moved = np.floor(middles @ move.T / STRIDE).astype(np.int64)
    columns, rows = np.clip(moved[:, 0], 0, GRID[0] - 1), np.clip(moved[:, 1], 0, GRID[1] - 1)
    return np.where((cells >= 0) & (cells < NOWHERE), rows * GRID[0] + columns, cells)


def _lit(images: Tensor, rng: np.random.Generator) -> Tensor:
    count = len(images)
    tint = torch.from_numpy(np.exp(rng.normal(0, 0.07, (count, 3, 1, 1))).astype(np.float32))
    lift = torch.from_numpy(rng.normal(0, 8, (count, 1, 1, 1)).astype(np.float32))
    noise = torch.from_numpy(rng.standard_normal(images.shape[-2:], dtype=np.float32))
    strength = torch.from_numpy(rng.gamma(1.0, 2.0, (count, 1, 1, 1)).astype(np.float32))
    return (images * tint + lift + noise * strength).clamp(0, 255)
