"""What a recipe starts from: the pictures, with mended labels, and the network with the COCO weights."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor

from traffic.detection.detector import VehicleDetector
from traffic.evaluation.detection import COCO_FILE, EXACT
from traffic.evaluation.detectors import detect_image, open_coco_detector
from traffic.evaluation.labelled_images import LabelledImage, load_sets, read_all
from traffic.training.detector.batches import Source
from traffic.training.detector.crops import CropPile
from traffic.training.detector.network import YoloxNano
from traffic.training.detector.onnx_import import load_coco, start_from_coco
from traffic.training.detector.recipe import Recipe
from traffic.training.detector.rendered import rendered_images
from traffic.training.detector.teacher import taught
from traffic.training.mish import TrainingMish
from traffic.training.normalization import change_activation, insert_normalization

LARGEST_SIDE_PX = 960


def start_network(recipe: Recipe, data: Path, batches: Sequence[Tensor]) -> YoloxNano:
    """The COCO weights for the recipe's classes, normalised on `batches`, with Mish; in training mode."""
    network = start_from_coco(load_coco(data / COCO_FILE), recipe.classes)
    insert_normalization(network, batches)
    change_activation(network, TrainingMish, batches)
    return network


def open_sources(recipe: Recipe, data: Path, cache: Path) -> dict[str, Source]:
    """A source of tiles for each of the recipe's shares.

    Args:
        recipe: names the sets.
        data: the data folder.
        cache: where drawn frames are kept.
    """
    sets = load_sets()
    sources: dict[str, Source] = {}
    with ExitStack() as stack:
        teacher = stack.enter_context(open_coco_detector(data / COCO_FILE, recipe.teacher.input_size, EXACT))
        for name in recipe.shares.keys() & sets.keys():
            pictures = [_shrunk(picture) for picture in read_all(sets[name], data, held_out=False)]
            if name in recipe.teacher.sets:
                pictures = [_mended(picture, teacher, recipe) for picture in pictures]
            sources[name] = partial(_one_of, pictures)
    sources["rendered"] = partial(_one_of, rendered_images(recipe.rendered.seeds, cache))
    sources["crops"] = CropPile(recipe.crops, data, held_out=False).lay_out
    return sources


def _one_of(pictures: Sequence[LabelledImage], random: np.random.Generator) -> LabelledImage:
    return pictures[int(random.integers(len(pictures)))]


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
