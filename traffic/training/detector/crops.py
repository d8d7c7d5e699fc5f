"""Pictures of single vehicles, strewn over a plain ground so that a detector can learn their classes."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.evaluation.picture_file import read_picture
from traffic.training.detector.recipe import Crops

GROUND_SIZE = (640, 384)
CELL_PX = 128
BORDER_SHARE = 0.04
"""The vehicle's distance from its crop's edge, as a share of the crop."""


class CropPile:
    """Crops by class, from which pictures are laid out at random.

    Args:
        crops: where they lie and what they show.
        data: the data folder.
        held_out: take the crops that are kept from training, else the others.
    """

    def __init__(self, crops: Crops, data: Path, *, held_out: bool) -> None:
        self._classes = list(crops.classes.values())
        self._piles = [
            [read_picture(path) for path in _side(data / crops.folder / folder, crops.held_out, held_out=held_out)]
            for folder in crops.classes
        ]

    def __len__(self) -> int:
        return sum(map(len, self._piles))

    @property
    def by_class(self) -> dict[str, list[UInt8Array]]:
        """The crops of each class."""
        piles: dict[str, list[UInt8Array]] = {name: [] for name in self._classes}
        for name, pile in zip(self._classes, self._piles, strict=True):
            piles[name] += pile
        return piles

    def lay_out(self, random: np.random.Generator) -> LabelledImage:
        """A new picture of GROUND_SIZE: a crop in about two of three cells of a grid, of random size and aspect."""
        width, height = GROUND_SIZE
        canvas = _ground(random)
        boxes, names = [], []
        for top in range(0, height, CELL_PX):
            for left in range(0, width, CELL_PX):
                if random.random() < 0.65:
                    kind = int(random.integers(len(self._piles)))
                    crop = self._piles[kind][random.integers(len(self._piles[kind]))]
                    boxes.append(_place(canvas, crop, (left, top), random))
                    names.append([self._classes[kind]])
        return LabelledImage("crops", canvas, np.array(boxes, np.float32).reshape(-1, 4), class_mask(names))


def _side(folder: Path, held_out_share: float, *, held_out: bool) -> list[Path]:
    paths = sorted(folder.iterdir(), key=lambda path: int(re.findall(r"\d+", path.stem)[-1]))
    border = round(len(paths) * (1 - held_out_share))
    return paths[border:] if held_out else paths[:border]


def _ground(random: np.random.Generator) -> UInt8Array:
    width, height = GROUND_SIZE
    coarse = random.normal(random.uniform(70, 170), random.uniform(2, 25), (6, 10, 1)) + random.normal(0, 4, (6, 10, 3))
    ground = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = random.normal(0, random.uniform(1, 6), (height, width, 1))
    return np.clip(ground + grain, 0, 255).astype(np.uint8)


def _place(canvas: UInt8Array, crop: UInt8Array, corner: tuple[int, int], random: np.random.Generator) -> Float32Array:
    """Paste a crop with soft edges at a random place of its cell; the vehicle's box."""
    side = random.uniform(28, CELL_PX)
    aspect = random.uniform(0.75, 1.35)
    width, height = int(min(side * aspect**0.5, CELL_PX)), int(min(side / aspect**0.5, CELL_PX))
    left = corner[0] + int(random.integers(CELL_PX - width + 1))
    top = corner[1] + int(random.integers(CELL_PX - height + 1))
    resized = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
    target = canvas[top : top + height, left : left + width]
    opacity = _soft_edge(height)[:, None, None] * _soft_edge(width)[None, :, None]
    target[:] = (opacity * resized + (1 - opacity) * target).astype(np.uint8)
    inset_x, inset_y = width * BORDER_SHARE, height * BORDER_SHARE
    return np.array([left + inset_x, top + inset_y, left + width - inset_x, top + height - inset_y], np.float32)


def _soft_edge(length: int) -> Float32Array:
    positions = np.arange(length) + 0.5
    distance = np.minimum(positions, length - positions)
    return np.asarray(np.clip(distance / (2 * BORDER_SHARE * length), 0, 1), np.float32)
