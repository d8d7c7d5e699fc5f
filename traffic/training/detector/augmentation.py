"""Random variations of labelled pictures: scale, aspect, flip, mosaic, light and camera faults.

Mosaic after Bochkovskiy et al., "YOLOv4", arXiv:2004.10934.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.evaluation.labelled_images import LabelledImage, class_mask

PAD_VALUE = 114
SMALLEST_SIDE_PX = 3.5
LEAST_VISIBLE = 0.35
"""A vehicle of which less is left after cutting becomes a region to ignore."""
GONE = 0.02
"""One of which less is left is forgotten."""

Random = np.random.Generator
Draw = Callable[[], LabelledImage]


@dataclass(frozen=True)
class _Window:
    """A part of the canvas, and where in it a smaller picture lies: 0 left or top, 1 right or bottom."""

    left: int
    top: int
    right: int
    bottom: int
    lean_x: float
    lean_y: float


def mosaic(draw: Draw, size: tuple[int, int], random: Random) -> LabelledImage:
    """Four pictures around a random point of a canvas (width, height)."""
    width, height = size
    x, y = int(width * random.uniform(0.3, 0.7)), int(height * random.uniform(0.3, 0.7))
    windows = (
        _Window(0, 0, x, y, 1, 1),
        _Window(x, 0, width, y, 0, 1),
        _Window(0, y, x, height, 1, 0),
        _Window(x, y, width, height, 0, 0),
    )
    parts = [_paste(_varied(draw(), size, (0.45, 1.1), random), window, random) for window in windows]
    return _composed(size, parts)


def single(draw: Draw, size: tuple[int, int], random: Random) -> LabelledImage:
    """One picture on a canvas (width, height): half the time as a camera sees it, else scaled and shifted."""
    width, height = size
    if random.random() < 0.5:
        window, scales = _Window(0, 0, width, height, 0, 0), (1.0, 1.0)
    else:
        window, scales = _Window(0, 0, width, height, random.random(), random.random()), (0.6, 1.5)
    return _composed(size, [_paste(_varied(draw(), size, scales, random), window, random)])


def relit(picture: LabelledImage, random: Random) -> LabelledImage:
    """Colour, exposure, blur, compression, noise and grey, each now and then."""
    image = picture.image
    for probability, change in _CHANGES:
        if random.random() < probability:
            image = change(image, random)
    return replace(picture, image=image)


def _varied(
    picture: LabelledImage, size: tuple[int, int], scales: tuple[float, float], random: Random
) -> LabelledImage:
    """Scaled to `scales` times the size that fits, aspect shaken, mirrored half the time."""
    height, width = picture.image.shape[:2]
    stretch = random.uniform(0.88, 1.14)
    scale = min(size[0] / (width * stretch), size[1] / height) * random.uniform(*scales)
    new_width, new_height = max(8, int(width * stretch * scale)), max(8, int(height * scale))
    interpolation = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    image = np.asarray(cv2.resize(picture.image, (new_width, new_height), interpolation=interpolation), np.uint8)
    xyxy = picture.xyxy * np.array([new_width / width, new_height / height] * 2, np.float32)
    if random.random() < 0.5:
        image = image[:, ::-1]
        xyxy = np.stack([new_width - xyxy[:, 2], xyxy[:, 1], new_width - xyxy[:, 0], xyxy[:, 3]], axis=1)
    return replace(picture, image=image, xyxy=xyxy.astype(np.float32))


def _paste(picture: LabelledImage, window: _Window, random: Random) -> tuple[LabelledImage, tuple[int, int]]:
    """Cut a picture to its window; the cut picture and its corner on the canvas."""
    height, width = picture.image.shape[:2]
    space_x, space_y = window.right - window.left, window.bottom - window.top
    from_x, from_y = (
        int(random.integers(max(1, width - space_x + 1))),
        int(random.integers(max(1, height - space_y + 1))),
    )
    keep_x, keep_y = min(width, space_x), min(height, space_y)
    corner = (
        window.left + int((space_x - keep_x) * window.lean_x),
        window.top + int((space_y - keep_y) * window.lean_y),
    )
    image = picture.image[from_y : from_y + keep_y, from_x : from_x + keep_x]
    shift = np.array([from_x, from_y] * 2, np.float32)
    cut = np.clip(picture.xyxy - shift, 0, np.array([keep_x, keep_y] * 2, np.float32)).astype(np.float32)
    return _without_lost(replace(picture, image=image, xyxy=cut), picture.xyxy), corner


def _without_lost(picture: LabelledImage, before: Float32Array) -> LabelledImage:
    sides = picture.xyxy[:, 2:] - picture.xyxy[:, :2]
    visible = sides.prod(axis=1) / np.maximum((before[:, 2:] - before[:, :2]).prod(axis=1), 1e-6)
    unclear = (visible < LEAST_VISIBLE) | (sides.min(axis=1, initial=np.inf) < SMALLEST_SIDE_PX)
    allowed = picture.allowed & ~unclear[:, None]
    kept = visible > GONE
    return replace(picture, xyxy=picture.xyxy[kept], allowed=allowed[kept])


def _composed(size: tuple[int, int], parts: list[tuple[LabelledImage, tuple[int, int]]]) -> LabelledImage:
    canvas = np.full((size[1], size[0], 3), PAD_VALUE, np.uint8)
    boxes, allowed = [np.zeros((0, 4), np.float32)], [class_mask(())]
    for part, (left, top) in parts:
        height, width = part.image.shape[:2]
        canvas[top : top + height, left : left + width] = part.image
        boxes.append(part.xyxy + np.array([left, top] * 2, np.float32))
        allowed.append(part.allowed)
    return LabelledImage("composed", canvas, np.concatenate(boxes), np.concatenate(allowed))


def _recoloured(image: UInt8Array, random: Random) -> UInt8Array:
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + random.integers(-6, 7)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * random.uniform(0.5, 1.4), 0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


def _exposed(image: UInt8Array, random: Random) -> UInt8Array:
    levels = 255 * random.uniform(0.7, 1.2) * (np.arange(256) / 255) ** random.uniform(0.6, 2.2)
    return np.asarray(cv2.LUT(image, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)


def _blurred(image: UInt8Array, random: Random) -> UInt8Array:
    length_x, length_y = (int(length) for length in random.choice([1, 3, 5], 2))
    return np.asarray(cv2.blur(image, (length_x, length_y)), np.uint8)


def _compressed(image: UInt8Array, random: Random) -> UInt8Array:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 71))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _noisy(image: UInt8Array, random: Random) -> UInt8Array:
    noise = random.normal(0, random.uniform(3, 12), (*image.shape[:2], 1))
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _grey(image: UInt8Array, _random: Random) -> UInt8Array:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


_CHANGES: tuple[tuple[float, Callable[[UInt8Array, Random], UInt8Array]], ...] = (
    (0.8, _recoloured),
    (0.6, _exposed),
    (0.15, _blurred),
    (0.12, _compressed),
    (0.08, _noisy),
    (0.05, _grey),
)
