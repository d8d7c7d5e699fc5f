"""YOLOX before and after the network: letterbox, grid decode, non-maximum suppression.

Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430.
"""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Detections, Float32Array, Int64Array, UInt8Array
from traffic.geometry import box_areas

PAD_VALUE = 114
STRIDES = (8, 16, 32)


def letterbox_into(canvas: UInt8Array, image: UInt8Array) -> float:
    """Resize `image` into the top-left corner of `canvas`, keeping its aspect, and pad the rest with 114.

    Args:
        canvas: (h, w, 3) uint8, overwritten.
        image: (H, W, 3) uint8, BGR.

    Returns:
        The scale r: canvas pixels = r * image pixels.
    """
    height, width = canvas.shape[:2]
    scale: float = min(height / image.shape[0], width / image.shape[1])
    new_width, new_height = int(image.shape[1] * scale), int(image.shape[0] * scale)
    cv2.resize(image, (new_width, new_height), dst=canvas[:new_height, :new_width], interpolation=cv2.INTER_LINEAR)
    canvas[new_height:] = PAD_VALUE
    canvas[:new_height, new_width:] = PAD_VALUE
    return scale


def make_grid(size: tuple[int, int]) -> tuple[Float32Array, Float32Array]:
    """Cell corners (a, 2) as x, y in cells and strides (a,) in pixels of every anchor, for an input (width, height)."""
    width, height = size
    cells, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(x.size, stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


def decode(
    output: Float32Array, grid: tuple[Float32Array, Float32Array], minimum_score: float
) -> tuple[Float32Array, Float32Array, Int64Array]:
    """Turn one picture's raw output into boxes in input pixels.

    Args:
        output: (a, 5 + c): x, y offsets in cells, log width and height in cells, objectness, c class scores.
        grid: of make_grid, with the same a.
        minimum_score: keep boxes whose objectness * best class score is at least this.

    Returns:
        xyxy (n, 4), scores (n,), class columns (n,).
    """
    candidates = np.flatnonzero(output[:, 4] >= minimum_score)  # a score never exceeds its objectness
    rows = output[candidates]
    columns = rows[:, 5:].argmax(axis=1)
    scores = rows[:, 4] * rows[np.arange(len(rows)), 5 + columns]
    kept = scores >= minimum_score
    rows, cells, strides = rows[kept], grid[0][candidates[kept]], grid[1][candidates[kept], None]
    centres = (rows[:, :2] + cells) * strides
    halves = np.exp(rows[:, 2:4]) * strides / 2
    return np.concatenate([centres - halves, centres + halves], axis=1), scores[kept], columns[kept].astype(np.int64)


def non_maximum_suppression(xyxy: Float32Array, scores: Float32Array, maximum_iou: float) -> Int64Array:
    """Greedy suppression, blind to class: one vehicle is one box, whatever the network calls it.

    A suppressed box suppresses nothing. Equal scores keep their order.

    Returns:
        (k,) rows that stay, best score first.
    """
    order = np.argsort(-scores, kind="stable")
    boxes, areas = xyxy[order], box_areas(xyxy[order])
    alive = np.ones(len(order), bool)
    kept = []
    for row in range(len(order)):
        if not alive[row]:
            continue
        kept.append(order[row])
        top_left = np.maximum(boxes[row, :2], boxes[row + 1 :, :2])
        bottom_right = np.minimum(boxes[row, 2:], boxes[row + 1 :, 2:])
        width_height = np.clip(bottom_right - top_left, 0, None)
        intersection = width_height[:, 0] * width_height[:, 1]
        alive[row + 1 :] &= intersection <= maximum_iou * (areas[row] + areas[row + 1 :] - intersection)
    return np.array(kept, np.int64)


def to_detections(
    xyxy: Float32Array, scores: Float32Array, class_ids: Int64Array, *, scale: float, frame_size: tuple[int, int]
) -> Detections:
    """Boxes in input pixels to Detections in frame pixels, clipped to the frame; what lies outside it is left out.

    Args:
        xyxy, scores, class_ids: n boxes in input pixels.
        scale: of letterbox_into.
        frame_size: width and height of the frame in pixels.
    """
    width, height = frame_size
    boxes = np.clip(xyxy / scale, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
    inside = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    return Detections(boxes[inside], scores[inside].astype(np.float32), class_ids[inside])
