"""What the road and the light do to a plate before a camera sees it."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array


def weathered(picture: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """A copy of a clean plate (h, w, 3) with some of: dirt, wear, screws, uneven light, shadow, glare."""
    worn: Float32Array = picture.astype(np.float32)
    if rng.random() < 0.25:
        _screws(worn, rng)
    if rng.random() < 0.1:
        _scratched(worn, rng)
    if rng.random() < 0.35:
        _cover(worn, rng, np.array([60, 80, 95], np.float32) * rng.uniform(0.4, 1.3), rng.uniform(0.1, 0.75))
    if rng.random() < 0.15:
        _cover(worn, rng, np.array([225, 225, 225], np.float32), rng.uniform(0.1, 0.6))
    if rng.random() < 0.5:
        worn *= _slope(worn, rng, rng.uniform(0.0, 0.5))
    if rng.random() < 0.2:
        _shadow(worn, rng)
    if rng.random() < 0.12:
        _glare(worn, rng)
    return np.clip(worn, 0, 255).astype(np.uint8)


def smooth_noise(height: int, width: int, cells: tuple[int, int], rng: np.random.Generator) -> Float32Array:
    """(height, width) float32 between 0 and 1 that changes over about a cell, of which there are (rows, columns)."""
    coarse = rng.random(cells, dtype=np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def _cover(worn: Float32Array, rng: np.random.Generator, colour: Float32Array, strength: float) -> None:
    """Dirt or snow, thicker towards the lower edge as often as not."""
    height, width = worn.shape[:2]
    cells = (int(rng.integers(2, 12)), int(rng.integers(3, 40)))
    share = smooth_noise(height, width, cells, rng) ** rng.uniform(1.0, 3.5)
    if rng.random() < 0.5:
        share *= np.linspace(0.2, 1.3, height, dtype=np.float32)[:, None]
    share = np.minimum(share * strength, 0.85)[:, :, None]
    worn += (colour - worn) * share


def _scratched(worn: Float32Array, rng: np.random.Generator) -> None:
    """Flakes of paint are gone: small places show the plate's ground instead of its characters."""
    height, width = worn.shape[:2]
    cells = (max(height // int(rng.integers(2, 6)), 2), max(width // int(rng.integers(2, 9)), 2))
    gone = smooth_noise(height, width, cells, rng) > rng.uniform(0.72, 0.92)
    worn[gone] = np.median(worn, axis=(0, 1)) + rng.normal(0, 12)


def _slope(worn: Float32Array, rng: np.random.Generator, depth: float) -> Float32Array:
    """Light that falls off over the plate, (h, w, 1)."""
    height, width = worn.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
    return np.asarray(1 - depth * (0.5 + x[None, :] + y[:, None]), np.float32)[:, :, None]


def _shadow(worn: Float32Array, rng: np.random.Generator) -> None:
    """An edge of shadow across the plate: a bumper's, a pole's."""
    height, width = worn.shape[:2]
    mask = np.zeros((height, width), np.float32)
    if rng.random() < 0.5:
        level = rng.uniform(0.15, 0.75) * height
        tilt = rng.uniform(-0.2, 0.2) * height
        points = np.array([[0, 0], [width, 0], [width, level + tilt], [0, level - tilt]])
    else:
        left, right = np.sort(rng.uniform(-0.2, 1.2, 2)) * width
        lean = rng.uniform(-1, 1) * height
        points = np.array([[left, 0], [right, 0], [right + lean, height], [left + lean, height]])
    cv2.fillPoly(mask, [points.astype(np.int32)], (float(rng.uniform(0.25, 0.7)),))
    worn *= 1 - cv2.blur(mask, (5, 5))[:, :, None]


def _glare(worn: Float32Array, rng: np.random.Generator) -> None:
    """A lamp's reflection that swallows contrast."""
    height, width = worn.shape[:2]
    x = (np.arange(width, dtype=np.float32) / width - rng.random()) / rng.uniform(0.05, 0.4)
    y = (np.arange(height, dtype=np.float32) / height - rng.random()) / rng.uniform(0.2, 1.2)
    spot = np.exp(-(x[None, :] ** 2) - y[:, None] ** 2) * rng.uniform(60, 190)
    worn += spot[:, :, None].astype(np.float32)


def _screws(worn: Float32Array, rng: np.random.Generator) -> None:
    height, width = worn.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        centre = (int(rng.uniform(0, width)), int(rng.choice([0.08, 0.5, 0.9]) * height + rng.normal(0, 0.04) * height))
        colour = rng.uniform(10, 230) * np.ones(3) + rng.normal(0, 25, 3)
        cv2.circle(worn, centre, max(1, round(height * rng.uniform(0.025, 0.07))), colour.tolist(), cv2.FILLED)
