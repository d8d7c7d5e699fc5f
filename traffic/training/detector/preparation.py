"""What a recipe starts from: the pictures, with mended labels, and the network with the COCO weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor, nn

from traffic.datatypes import Float64Array
from traffic.detection.detector import VehicleDetector
from traffic.errors import ConfigError, ModelError
from traffic.evaluation.detection import COCO_FILE, EXACT
from traffic.evaluation.detectors import detect_image, open_coco_detector
from traffic.evaluation.labelled_images import LabelledImage, load_sets, read_all
from traffic.training.detector.batches import Source
from traffic.training.detector.by_eye import Types, load_types, retyped
from traffic.training.detector.checkpoint import load_checkpoint
from traffic.training.detector.crops import CropPile
from traffic.training.detector.network import Activation, Yolox, from_nothing
from traffic.training.detector.onnx_import import load_coco, load_network, start_from_coco
from traffic.training.detector.pasting import VehiclePile, with_pasted, with_shadow
from traffic.training.detector.recipe import RECIPES, Pasted, Recipe
from traffic.training.detector.rendered import rendered_images
from traffic.training.detector.teacher import taught
from traffic.training.mish import TrainingMish
from traffic.training.normalization import change_activation, insert_normalization

LARGEST_SIDE_PX = 960
MOST_RARE = 4
"""So many certain rare vehicles of a picture count."""
ACTIVATIONS: dict[str, Activation] = {"mish": TrainingMish, "silu": nn.SiLU}


def start_network(recipe: Recipe, data: Path, batches: Sequence[Tensor]) -> Yolox:
    """The weights that the recipe starts from, normalised on `batches`, with its activation; in training mode.

    Raises:
        ConfigError: the recipe starts from neither a model nor a checkpoint.
        ModelError: what it starts from has another size or other classes.
    """
    if recipe.start is not None and recipe.start.endswith(".onnx"):
        network = load_ours(Path(recipe.start), recipe)
        insert_normalization(network, batches)
        return network.train()
    network = _published_start(recipe, data)
    insert_normalization(network, batches)
    change_activation(network, ACTIVATIONS[recipe.activation], batches)
    return network


def load_ours(path: Path, recipe: Recipe) -> Yolox:
    """A network of ours from its ONNX file, fused, in evaluation mode.

    Args:
        path: a model with the recipe's classes, activation and size.
        recipe: names them.

    Raises:
        ModelError: the file holds another network.
    """
    network = load_network(path, len(recipe.classes), ACTIVATIONS[recipe.activation])
    if network.size != recipe.size:
        raise ModelError(
            f"{path}: expected a network of size {recipe.size}, got {network.size}",
            remedy=f"give --size {network.size}, or a network of size {recipe.size}",
        )
    return network


def _published_start(recipe: Recipe, data: Path) -> Yolox:
    if recipe.start is None and recipe.size != "nano":
        return from_nothing(len(recipe.classes), nn.SiLU, recipe.size)
    if recipe.start is None:
        return start_from_coco(load_coco(data / COCO_FILE), recipe.classes)
    if recipe.start.endswith(".pth"):
        return start_from_coco(load_checkpoint(Path(recipe.start), recipe.size), recipe.classes)
    raise ConfigError(f"start: expected a .onnx or a .pth file, got {recipe.start}", remedy="name one in the recipe")


def open_sources(recipe: Recipe, data: Path, cache: Path) -> dict[str, Source]:
    """A source of tiles for each of the recipe's shares.

    Args:
        recipe: names the sets.
        data: the data folder.
        cache: where drawn frames are kept.
    """
    published = _published(recipe, data)
    crops = CropPile(recipe.crops, data, held_out=False)
    pile = VehiclePile((picture for pictures in published.values() for picture in pictures), crops.by_class)
    sources: dict[str, Source] = {
        name: partial(_one_of, pictures, chances(pictures, recipe.rare_weight)) for name, pictures in published.items()
    }
    if recipe.pasted is not None:
        pasted = {name: partial(_enriched, sources[name], pile, recipe.pasted) for name in recipe.pasted.sets}
        sources |= pasted
    drawn = rendered_images(recipe.rendered.seeds, cache)
    sources["rendered"] = partial(_one_of, drawn, chances(drawn, recipe.rare_weight))
    sources["crops"] = crops.lay_out
    return sources


def chances(pictures: Sequence[LabelledImage], rare_weight: float) -> Float64Array:
    """(n,) how likely each picture is to be drawn: the more certain vans, buses, trucks and motorcycles, the more."""
    certain = [picture.allowed[picture.allowed.sum(axis=1) == 1] for picture in pictures]
    rare = np.array([allowed[:, 1:].sum() for allowed in certain], np.float64)
    weights = 1 + rare_weight * np.minimum(rare, MOST_RARE)
    return np.asarray(weights / weights.sum())


def _published(recipe: Recipe, data: Path) -> dict[str, list[LabelledImage]]:
    sets = load_sets()
    types = load_types(RECIPES / recipe.types) if recipe.types is not None else {}
    published: dict[str, list[LabelledImage]] = {}
    with open_coco_detector(data / COCO_FILE, recipe.teacher.input_size, EXACT) as teacher:
        for name in (name for name in recipe.shares if name in sets):
            pictures = [_typed(picture, types) for picture in read_all(sets[name], data, held_out=False)]
            if name in recipe.teacher.sets:
                pictures = [_mended(picture, teacher, recipe) for picture in pictures]
            published[name] = pictures
    return published


def _typed(picture: LabelledImage, types: Types) -> LabelledImage:
    return _shrunk(retyped(picture, types))


def _one_of(pictures: Sequence[LabelledImage], chance: Float64Array, random: np.random.Generator) -> LabelledImage:
    return pictures[int(random.choice(len(pictures), p=chance))]


def _enriched(source: Source, pile: VehiclePile, pasted: Pasted, random: np.random.Generator) -> LabelledImage:
    picture = source(random)
    if random.random() < pasted.share:
        picture = with_pasted(picture, pile, pasted.most, random)
    return with_shadow(picture, random) if random.random() < pasted.shadow_share else picture


def _mended(picture: LabelledImage, teacher: VehicleDetector, recipe: Recipe) -> LabelledImage:
    seen = detect_image(teacher, picture.image)
    return taught(picture, seen, recipe.teacher.class_score, recipe.teacher.ignore_score)


def _shrunk(picture: LabelledImage) -> LabelledImage:
    height, width = picture.image.shape[:2]
    scale = LARGEST_SIDE_PX / max(height, width)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    image = np.asarray(cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    factors = np.array([size[0] / width, size[1] / height] * 2, np.float32)
    return replace(picture, image=image, xyxy=picture.xyxy * factors)
