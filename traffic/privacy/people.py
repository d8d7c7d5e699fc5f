"""Finds people in a picture, small ones too: it is looked at as a whole and enlarged, in tiles that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.detection.yolox import decode, letterbox_into, make_grid, non_maximum_suppression
from traffic.inference.engine import Engine

OVERLAP = 0.25
"""Of a tile's side, with its neighbour: a person in the seam who is smaller than this is seen whole in one of them."""
MAXIMUM_IOU = 0.5
_BATCH = 4


class PeopleFinder:
    """Runs a detector of one class, the person.

    Args:
        engine: opened at `size`; its owner closes it.
        size: (width, height) of the network's input, which is a tile's size.
        minimum_score: boxes below it are dropped.
        enlargement: how much the picture is enlarged before it is cut into tiles, 1 or more; None: it is only looked at
            as a whole.
    """

    def __init__(self, engine: Engine, size: tuple[int, int], minimum_score: float, enlargement: float | None) -> None:
        self._engine = engine
        self._size = size
        self._grid = make_grid(size)
        self._minimum_score = minimum_score
        self._enlargement = enlargement

    def find(self, image: UInt8Array) -> Float32Array:
        """(n, 4) float32, the boxes of the people in a BGR picture (h, w, 3), in its pixels and inside it."""
        boxes, scores = self._look(*_whole(image, self._size))
        near = [] if self._enlargement is None else _tiles(image, self._size, self._enlargement)
        for start in range(0, len(near), _BATCH):
            more_boxes, more_scores = self._look(*zip(*near[start : start + _BATCH], strict=True))
            boxes, scores = np.concatenate([boxes, more_boxes]), np.concatenate([scores, more_scores])
        kept = boxes[non_maximum_suppression(boxes, scores, MAXIMUM_IOU)]
        height, width = image.shape[:2]
        inside: Float32Array = np.clip(kept, 0, np.array([width, height, width, height], np.float32))
        return inside[(inside[:, 2:] - inside[:, :2] >= 1).all(axis=1)]

    def _look(
        self, tiles: Sequence[UInt8Array], places: Sequence[tuple[float, float, float]]
    ) -> tuple[Float32Array, Float32Array]:
        """Boxes in the picture's pixels and their scores; a place is a tile's left and top there, and its scale."""
        boxes, scores = [np.zeros((0, 4), np.float32)], [np.zeros(0, np.float32)]
        for output, (left, top, scale) in zip(self._engine.infer(np.stack(tiles)), places, strict=True):
            xyxy, found, _ = decode(output, self._grid, self._minimum_score)
            boxes.append((xyxy / scale + np.array([left, top, left, top])).astype(np.float32))
            scores.append(found)
        return np.concatenate(boxes), np.concatenate(scores)


Place = tuple[float, float, float]


def _whole(image: UInt8Array, size: tuple[int, int]) -> tuple[list[UInt8Array], list[Place]]:
    tile: UInt8Array = np.empty((size[1], size[0], 3), np.uint8)
    return [tile], [(0.0, 0.0, letterbox_into(tile, image))]


def _tiles(image: UInt8Array, size: tuple[int, int], enlargement: float) -> list[tuple[UInt8Array, Place]]:
    """Pieces of the picture that cover it, each enlarged to fill a tile."""
    width, height = (round(side / enlargement) for side in size)
    cut: list[tuple[UInt8Array, Place]] = []
    for top in _starts(image.shape[0], height):
        for left in _starts(image.shape[1], width):
            tile: UInt8Array = np.empty((size[1], size[0], 3), np.uint8)
            scale = letterbox_into(tile, _piece(image, left, top, width, height))
            cut.append((tile, (float(left), float(top), scale)))
    return cut


def _piece(image: UInt8Array, left: int, top: int, width: int, height: int) -> UInt8Array:
    """(height, width, 3): what a small picture does not fill is grey."""
    piece = image[top : top + height, left : left + width]
    missing = height - piece.shape[0], width - piece.shape[1]
    if not any(missing):
        return piece
    return np.asarray(
        cv2.copyMakeBorder(piece, 0, missing[0], 0, missing[1], cv2.BORDER_CONSTANT, value=(114, 114, 114)), np.uint8
    )


def _starts(length: int, side: int) -> list[int]:
    """Where tiles of `side` begin so that they cover `length`, evenly, with the overlap at least."""
    if length <= side:
        return [0]
    count = int(np.ceil((length - side) / (side * (1 - OVERLAP)))) + 1
    return [round(start) for start in np.linspace(0, length - side, count)]
