"""Endless training batches from several sources, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from traffic.training.plate_locator.augmentation import degraded
from traffic.training.plate_locator.loss import Truth
from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.samples import PlateView
from traffic.training.plate_locator.sources import Source


@dataclass(frozen=True)
class Batch:
    """`images` (n, 3, h, w) float32 BGR 0..255, channels last in memory, and the n pictures' `truths`."""

    images: Tensor
    truths: list[Truth]


class Batches:
    """Draws pictures from its sources by share.

    Args:
        recipe: batch size, shares and seed.
        sources: name to a function that draws one picture, a name for each of the recipe's shares.
    """

    def __init__(self, recipe: Recipe, sources: Mapping[str, Source]) -> None:
        self._size = recipe.batch
        self._sources = [sources[name] for name in recipe.shares]
        shares = np.array(list(recipe.shares.values()))
        self._probabilities = shares / shares.sum()
        self._random = np.random.default_rng(recipe.seed)

    def draw(self) -> Batch:
        """The next batch."""
        return as_batch([self._picture() for _ in range(self._size)])

    def _picture(self) -> PlateView:
        view = self._sources[self._random.choice(len(self._sources), p=self._probabilities)](self._random)
        return PlateView(degraded(view.image, self._random), view.quads, view.exact)


def as_batch(views: list[PlateView]) -> Batch:
    """Pictures of one size as the network takes them."""
    images = torch.from_numpy(np.stack([view.image for view in views])).permute(0, 3, 1, 2)
    truths = [Truth(torch.from_numpy(view.quads), torch.from_numpy(view.exact)) for view in views]
    return Batch(images.to(torch.float32, memory_format=torch.channels_last), truths)
