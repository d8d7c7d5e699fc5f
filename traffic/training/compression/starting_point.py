"""The trained network and the pictures that this room starts from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from traffic.datatypes import UInt8Array
from traffic.detection.yolox import letterbox_into
from traffic.evaluation.labelled_images import LabelledImage, load_sets
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.training.detector.batches import Batches
from traffic.training.detector.network import Activation, Yolox
from traffic.training.detector.onnx_import import load_network
from traffic.training.detector.recipe import Recipe
from traffic.training.detector.rendered import rendered_images
from traffic.training.recipe_file import InputSize


def load_float(card: Path, activation: Activation = nn.Mish) -> Yolox:
    """The network of a released detector, fused, in evaluation mode."""
    return load_network(verified_model_path(card), len(load_model_card(card, DetectorCard).classes), activation)


def training_pictures(recipe: Recipe, data: Path, cache: Path, number: int) -> Iterator[LabelledImage]:
    """So many training pictures from each of the recipe's sets, evenly spread, and as many drawn ones.

    Args:
        recipe: names the sets and the drawn frames.
        data: the data folder.
        cache: where drawn frames are kept.
        number: from each set.
    """
    for name, labelled_set in load_sets().items():
        if name in recipe.shares:
            for path in _spread(labelled_set.paths(data, held_out=False), number):
                yield labelled_set.read(data, path)
    yield from rendered_images(recipe.rendered.seeds[:number], cache)


def plain_batches(recipe: Recipe, data: Path) -> Batches:
    """Varied training pictures of the published sets, read as they are drawn, so that little memory is taken.

    Their labels are as published; some vehicles have none.
    """
    sets = load_sets()
    paths = [
        (sets[name], path) for name in recipe.shares if name in sets for path in sets[name].paths(data, held_out=False)
    ]

    def draw(random: np.random.Generator) -> LabelledImage:
        labelled_set, path = paths[int(random.integers(len(paths)))]
        return labelled_set.read(data, path)

    return Batches(recipe.model_copy(update={"shares": {"pictures": 1.0}}), {"pictures": draw})


def network_inputs(pictures: Iterator[LabelledImage], sizes: Sequence[InputSize]) -> Iterator[Tensor]:
    """Each picture as the network takes it, (1, 3, h, w) float32, letterboxed to the sizes (width, height) in turn."""
    for number, picture in enumerate(pictures):
        width, height = sizes[number % len(sizes)]
        canvas: UInt8Array = np.empty((height, width, 3), np.uint8)
        letterbox_into(canvas, picture.image)
        yield torch.from_numpy(canvas.transpose(2, 0, 1)[None].astype(np.float32))


def _spread(paths: Sequence[Path], number: int) -> list[Path]:
    places = np.linspace(0, len(paths) - 1, min(number, len(paths))).round().astype(int)
    return [paths[place] for place in places]
