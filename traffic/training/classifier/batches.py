"""Batches of samples in which no type, colour or set crowds out the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from traffic.datatypes import Float64Array, UInt8Array
from traffic.training.classifier.augmentation import varied
from traffic.training.classifier.recipe import Recipe
from traffic.training.classifier.samples import Sample, class_indices


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures and what they show.

    Attributes:
        images: (n, 3, h, w) float32 BGR 0..255.
        types, colours: (n,) int64, -1 where unknown.
    """

    images: Tensor
    types: Tensor
    colours: Tensor


class Batches:
    """Draws augmented batches.

    Args:
        recipe: sizes, shares, seed.
        real: samples of cameras and photos.
        rendered: drawn samples.
    """

    def __init__(self, recipe: Recipe, real: Sequence[Sample], rendered: Sequence[Sample]) -> None:
        self._recipe = recipe
        self._random = np.random.default_rng(recipe.seed)
        self._real, self._rendered = real, rendered
        self._real_shares, self._rendered_shares = sampling_shares(real), sampling_shares(rendered)

    def draw(self) -> Batch:
        """The next batch."""
        from_rendered = int(self._random.binomial(self._recipe.batch, self._recipe.rendered_share))
        samples = [
            *self._chosen(self._rendered, self._rendered_shares, from_rendered),
            *self._chosen(self._real, self._real_shares, self._recipe.batch - from_rendered),
        ]
        images = np.stack([varied(sample, self._recipe.input_size, self._random) for sample in samples])
        types = class_indices([sample.type for sample in samples], self._recipe.types)
        colours = class_indices([sample.colour for sample in samples], self._recipe.colours)
        return Batch(as_tensor(images), torch.tensor(types), torch.tensor(colours))

    def _chosen(self, samples: Sequence[Sample], shares: Float64Array, count: int) -> list[Sample]:
        return [samples[place] for place in self._random.choice(len(samples), count, p=shares)]


def sampling_shares(samples: Sequence[Sample]) -> Float64Array:
    """(n,) how often each sample is drawn: its type's rarity times its colour's rarity, each under the root."""
    types = Counter(sample.type for sample in samples)
    colours = Counter(sample.colour for sample in samples)
    weights = np.array([(types[sample.type] * colours[sample.colour]) ** -0.5 for sample in samples], np.float64)
    shares: Float64Array = weights / weights.sum()
    return shares


def as_tensor(images: UInt8Array) -> Tensor:
    """(n, h, w, 3) uint8 to (n, 3, h, w) float32."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float()
