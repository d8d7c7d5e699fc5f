"""Photos whose plates are labelled as boxes in a table: image, x1, y1, x2, y2."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array
from traffic.evaluation.picture_file import read_picture
from traffic.geometry import box_iou
from traffic.training.plate_locator.samples import PlateView, boxed_view, quad_boxes

_WINDOW_SHARE = (0.25, 0.6)
_ATTEMPTS = 30


def labelled_photos(table: Path, images: Path, split: str | None = None) -> list[PlateView]:
    """The photos of a table, with all their plates.

    Args:
        table: the csv file.
        images: the folder of the photos.
        split: only the rows whose column `split` says so.

    Raises:
        ConfigError: a photo is missing or no picture.
    """
    boxes: dict[str, list[list[float]]] = defaultdict(list)
    with table.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if split is None or row["split"] == split:
                boxes[row["image"]].append([float(row[name]) for name in ("x1", "y1", "x2", "y2")])
    return [boxed_view(read_picture(images / name), np.array(rows, np.float32)) for name, rows in boxes.items()]


def plateless_window(photo: PlateView, random: np.random.Generator) -> PlateView | None:
    """A part of a photo that touches none of its plates; None where chance finds none."""
    height, width = photo.image.shape[:2]
    for _ in range(_ATTEMPTS):
        w, h = (random.uniform(*_WINDOW_SHARE, 2) * [width, height]).astype(int)
        left, top = int(random.integers(width - w)), int(random.integers(height - h))
        window = np.array([[left, top, left + w, top + h]], np.float32)
        if not box_iou(window, quad_boxes(photo.quads)).any():
            part = np.ascontiguousarray(photo.image[top : top + h, left : left + w])
            return boxed_view(part, np.zeros((0, 4), np.float32))
    return None


def cut(view: PlateView, box: Float32Array) -> PlateView:
    """The part of a picture inside a box (4,), with the plates whose middle lies in it."""
    height, width = view.image.shape[:2]
    x1, y1 = np.maximum(box[:2].astype(int), 0)
    x2, y2 = max(min(int(box[2]), width), x1 + 8), max(min(int(box[3]), height), y1 + 8)
    moved = view.quads - np.array([x1, y1], np.float32)
    middle = moved.mean(axis=1)
    inside = ((middle >= 0) & (middle < [x2 - x1, y2 - y1])).all(axis=1)
    return PlateView(view.image[y1:y2, x1:x2], moved[inside], view.exact[inside])
