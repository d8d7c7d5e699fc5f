"""Random variations of vehicle samples: box, mirror, light, camera faults, distance.

Light changes little, or white would become grey.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from traffic.classification.classifier import MARGIN, cut_out
from traffic.datatypes import UInt8Array
from traffic.training.classifier.samples import Box, Sample

Random = np.random.Generator

SHIFT = 0.05
SCALE = 0.08
CUT_CHANCE = 0.12
SMALL_CHANCE = 0.5
SMALLEST_PX = 20


def varied(sample: Sample, size: tuple[int, int], random: Random) -> UInt8Array:
    """The sample as another camera might have seen it, stretched to `size` (width, height)."""
    box = _shaken(sample.xyxy, random)
    image = _cut(sample.image, box, random)
    if random.random() < SMALL_CHANCE:
        image = _far(image, size, random)
    for chance, change in _CHANGES:
        if random.random() < chance:
            image = change(image, random)
    height, width = image.shape[:2]
    resized = cut_out(image, (0, 0, width, height), size, 0.0)
    return np.ascontiguousarray(resized[:, ::-1]) if random.random() < 0.5 else resized


def plain(sample: Sample, size: tuple[int, int]) -> UInt8Array:
    """The sample as the classifier is given it."""
    return cut_out(sample.image, sample.xyxy, size)


def _shaken(xyxy: Box, random: Random) -> Box:
    x1, y1, x2, y2 = xyxy
    width, height = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 + random.normal(0, SHIFT) * width, (y1 + y2) / 2 + random.normal(0, SHIFT) * height
    half_width, half_height = (side / 2 * np.exp(random.normal(0, SCALE)) for side in (width, height))
    return x - half_width, y - half_height, x + half_width, y + half_height


def _cut(image: UInt8Array, xyxy: Box, random: Random) -> UInt8Array:
    """The box with its margin; now and then cut, as by a frame's border."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = xyxy
    if random.random() < CUT_CHANCE:
        kept = random.uniform(0.65, 0.95)
        side = int(random.integers(3))
        if side == 0:
            width = int(min(width, x1 + kept * (x2 - x1)))
        elif side == 1:
            height = int(min(height, y1 + kept * (y2 - y1)))
        else:
            image, x2, width = _without_left(image, xyxy, kept)
            x1 = 0.0
    clipped = image[: max(height, 2), : max(width, 2)]
    box = (x1, y1, min(x2, clipped.shape[1]), min(y2, clipped.shape[0]))
    return cut_out(clipped, box, _whole_size(box), MARGIN)


def _without_left(image: UInt8Array, xyxy: Box, kept: float) -> tuple[UInt8Array, float, int]:
    x1, _, x2, _ = xyxy
    border = int(np.clip(x2 - kept * (x2 - x1), 0, image.shape[1] - 2))
    return image[:, border:], x2 - border, image.shape[1] - border


def _whole_size(xyxy: Box) -> tuple[int, int]:
    x1, y1, x2, y2 = xyxy
    return max(2, round((x2 - x1) * (1 + 2 * MARGIN))), max(2, round((y2 - y1) * (1 + 2 * MARGIN)))


def _far(image: UInt8Array, size: tuple[int, int], random: Random) -> UInt8Array:
    """Fewer pixels: the shorter side anywhere between SMALLEST_PX and that of the input."""
    height, width = image.shape[:2]
    shorter = SMALLEST_PX * (min(size) / SMALLEST_PX) ** random.random()
    factor = shorter / min(height, width)
    if factor >= 1:
        return image
    small = (max(2, round(width * factor)), max(2, round(height * factor)))
    return np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA), np.uint8)


def _exposed(image: UInt8Array, random: Random) -> UInt8Array:
    """Gain, gamma and a little of another white balance."""
    balance = np.exp(random.normal(0, 0.035, 3))
    ramp = (np.arange(256) / 255) ** random.uniform(0.8, 1.3)
    levels = 255 * random.uniform(0.8, 1.15) * ramp[:, None] * balance[None]
    table = np.clip(levels, 0, 255).astype(np.uint8)[:, None, :]
    return np.asarray(cv2.LUT(image, table), np.uint8)


def _faded(image: UInt8Array, random: Random) -> UInt8Array:
    """Haze: towards a grey."""
    share = random.uniform(0.05, 0.25)
    return np.asarray(cv2.addWeighted(image, 1 - share, np.full_like(image, 150), share, 0), np.uint8)


def _saturated(image: UInt8Array, random: Random) -> UInt8Array:
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    factor = random.uniform(0.75, 1.3)
    return np.asarray(cv2.addWeighted(image, factor, grey, 1 - factor, 0), np.uint8)


def _blurred(image: UInt8Array, random: Random) -> UInt8Array:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.3)), np.uint8)


def _smeared(image: UInt8Array, random: Random) -> UInt8Array:
    length_x, length_y = (int(length) for length in random.choice([1, 3, 5], 2))
    return np.asarray(cv2.blur(image, (length_x, length_y)), np.uint8)


def _noisy(image: UInt8Array, random: Random) -> UInt8Array:
    noise = random.standard_normal(image.shape, np.float32) * random.uniform(2, 10)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _compressed(image: UInt8Array, random: Random) -> UInt8Array:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(30, 85))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


_CHANGES: tuple[tuple[float, Callable[[UInt8Array, Random], UInt8Array]], ...] = (
    (0.7, _exposed),
    (0.4, _saturated),
    (0.15, _faded),
    (0.2, _blurred),
    (0.1, _smeared),
    (0.2, _noisy),
    (0.25, _compressed),
)
