"""What the unchanging trunk sees of varied pictures, computed once: its head learns from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from traffic.datatypes import Float64Array, UInt8Array
from traffic.training.classifier.augmentation import plain, varied
from traffic.training.classifier.batches import as_tensor, sampling_shares
from traffic.training.classifier.samples import Sample
from traffic.training.classifier.trunk import Trunk

CHUNK = 64


def look_at(
    trunk: Trunk, samples: Sequence[Sample], views: int, size: tuple[int, int], random: np.random.Generator
) -> Tensor:
    """(n * views, FEATURES): each sample once as it is, then varied; view k of sample i at row i * views + k."""
    images = [image for sample in samples for image in _images(sample, views, size, random)]
    chunks = [images[first : first + CHUNK] for first in range(0, len(images), CHUNK)]
    with torch.no_grad():
        return torch.cat([trunk(as_tensor(np.stack(chunk))) for chunk in chunks])


def shares_of_views(sides: Sequence[tuple[Sequence[Sample], int, float]]) -> Float64Array:
    """How often each view is drawn, sum 1.

    Args:
        sides: samples, views of each, and the share of this side in a batch.
    """
    return np.concatenate(
        [share * np.repeat(sampling_shares(samples), views) / views for samples, views, share in sides]
    )


def _images(sample: Sample, views: int, size: tuple[int, int], random: np.random.Generator) -> Iterator[UInt8Array]:
    yield plain(sample, size)
    for _ in range(views - 1):
        yield varied(sample, size, random)
