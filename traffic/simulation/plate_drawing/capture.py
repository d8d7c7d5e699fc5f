"""What a camera does to what it sees: blur, exposure, noise, compression."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array


def captured(picture: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """A picture (h, w, 3) at the camera's resolution as it is recorded, with some of the faults cameras have."""
    seen: Float32Array = picture.astype(np.float32)
    if rng.random() < 0.45:
        seen = _defocused(seen, rng)
    if rng.random() < 0.2:
        seen = _moved(seen, rng)
    seen = _exposed(seen, rng)
    if rng.random() < 0.3:
        seen = _sharpened(seen, rng)
    if rng.random() < 0.6:
        seen = seen + _noise(seen, rng)
    recorded: UInt8Array = np.clip(seen, 0, 255).astype(np.uint8)
    return _compressed(recorded, rng) if rng.random() < 0.6 else recorded


def _defocused(seen: Float32Array, rng: np.random.Generator) -> Float32Array:
    sigma = rng.uniform(0.3, 0.4 + 0.028 * min(seen.shape[0], 50))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.float32)


def _moved(seen: Float32Array, rng: np.random.Generator) -> Float32Array:
    """Motion along a line of up to a ninth of the height, mostly along the road's direction."""
    length = int(rng.uniform(2, max(3.0, seen.shape[0] / 9)))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = (length - 1) / 2
    step = np.array([np.cos(angle), np.sin(angle)]) * reach
    start, end = np.round(reach - step).astype(int), np.round(reach + step).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), (1.0,))
    return np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.float32)


def _exposed(seen: Float32Array, rng: np.random.Generator) -> Float32Array:
    """Contrast, brightness, gamma and the colour of the light; a night or infrared camera has no colour at all."""
    if rng.random() < 0.12:
        seen = np.repeat(seen.mean(axis=2, keepdims=True), 3, axis=2)
    tint = np.exp(rng.normal(0, 0.06 if rng.random() < 0.85 else 0.22, 3)).astype(np.float32)
    contrast, lift = rng.uniform(0.25, 1.25), rng.uniform(-15, 60)
    gamma = np.exp(rng.normal(0, 0.25))
    level = np.clip(seen / 255.0, 0, 1) ** np.float32(gamma)
    return np.asarray((level * 255.0 * contrast + lift * (1.3 - contrast)) * tint, np.float32)


def _sharpened(seen: Float32Array, rng: np.random.Generator) -> Float32Array:
    soft = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.6, 1.5))
    return np.asarray(seen + (seen - soft) * rng.uniform(0.3, 1.8), np.float32)


def _noise(seen: Float32Array, rng: np.random.Generator) -> Float32Array:
    strength = rng.gamma(2.0, 2.5)
    shape = seen.shape if rng.random() < 0.6 else (*seen.shape[:2], 1)
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(strength)


def _compressed(recorded: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    quality = int(rng.uniform(30, 95))
    _, coded = cv2.imencode(".jpg", recorded, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
