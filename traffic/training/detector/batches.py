"""Endless training batches from several sources, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from traffic.datatypes import VEHICLE_CLASSES
from traffic.evaluation.labelled_images import LabelledImage
from traffic.training.detector.augmentation import mosaic, relit, single
from traffic.training.detector.loss import Truth
from traffic.training.detector.recipe import Recipe

Source = Callable[[np.random.Generator], LabelledImage]


@dataclass(frozen=True)
class Batch:
    """`images` (n, 3, h, w) float32 BGR 0..255, the n pictures' `truths`, and their `size` (width, height)."""

    images: Tensor
    truths: list[Truth]
    size: tuple[int, int]


class Batches:
    """Draws tiles from its sources by share and makes batches of them.

    Args:
        recipe: batch size, input sizes, shares, classes and seed.
        sources: name to a function that draws one picture, a name for each of the recipe's shares.
    """

    def __init__(self, recipe: Recipe, sources: Mapping[str, Source]) -> None:
        self._recipe = recipe
        self._sources = [sources[name] for name in recipe.shares]
        shares = np.array(list(recipe.shares.values()))
        self._probabilities = shares / shares.sum()
        self._columns = [VEHICLE_CLASSES.index(name) for name in recipe.classes]
        self._random = np.random.default_rng(recipe.seed)

    def draw(self, mosaic_share: float) -> Batch:
        """The next batch, of which about `mosaic_share` are mosaics."""
        size = self._recipe.input_sizes[self._random.integers(len(self._recipe.input_sizes))]
        pictures = [self._picture(size, mosaic_share) for _ in range(self._recipe.batch)]
        planes = np.stack([picture.image.transpose(2, 0, 1) for picture in pictures]).astype(np.float32)
        return Batch(torch.from_numpy(planes), [self._truth(picture) for picture in pictures], size)

    def _picture(self, size: tuple[int, int], mosaic_share: float) -> LabelledImage:
        compose = mosaic if self._random.random() < mosaic_share else single
        return relit(compose(self._tile, size, self._random), self._random)

    def _tile(self) -> LabelledImage:
        source = self._sources[self._random.choice(len(self._sources), p=self._probabilities)]
        return source(self._random)

    def _truth(self, picture: LabelledImage) -> Truth:
        allowed = np.ascontiguousarray(picture.allowed[:, self._columns])
        return Truth(torch.from_numpy(picture.xyxy), torch.from_numpy(allowed))
