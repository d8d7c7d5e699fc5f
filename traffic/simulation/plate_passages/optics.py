"""From the light of a scene to a recorded picture: shutter, lens, sensor, compression.

Pictures here are float32 (h, w, 3), 255 is full scale and more is possible until the sensor clips it: so a blurred,
overexposed plate loses the strokes of its characters as a real one does.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.simulation.camera import Floats
from traffic.simulation.plate_passages.conditions import Conditions

LARGEST_KERNEL_PX = 41
_GRAIN = (1160, 2000)
_SMOOTHED = 0.7


def blurred(light: Float32Array, moved_px: Floats, conditions: Conditions) -> Float32Array:
    """What reaches the sensor: the scene smeared along `moved_px` (2,), the way of the plate's image while the shutter
    is open, and by the lens.
    """
    return np.asarray(cv2.filter2D(light, -1, blur_kernel(moved_px, conditions.defocus_px)), np.float32)


def blur_kernel(moved_px: Floats, defocus_px: float) -> Float32Array:
    """A Gaussian that was drawn along a way, (k, k), k odd; it sums to 1."""
    length = float(np.hypot(*moved_px))
    half = min(int(np.ceil(length / 2 + 2.5 * defocus_px)), LARGEST_KERNEL_PX // 2)
    steps = np.linspace(-0.5, 0.5, max(int(np.ceil(2 * length)), 1) | 1)
    offsets = np.arange(-half, half + 1)
    x = np.exp(-((offsets[:, None] - steps * moved_px[0]) ** 2) / (2 * defocus_px**2))
    y = np.exp(-((offsets[:, None] - steps * moved_px[1]) ** 2) / (2 * defocus_px**2))
    kernel = y @ x.T
    return np.asarray(kernel / kernel.sum(), np.float32)


def recorded(light: Float32Array, gain: float, conditions: Conditions, rng: np.random.Generator) -> UInt8Array:
    """The picture as it comes out of the camera, (h, w, 3): exposed, noisy, compressed.

    Args:
        light: what reaches the sensor; its colours are lost in a monochrome picture.
        gain: of this frame's exposure.
        conditions: of the passage.
        rng: decides the noise of this frame.
    """
    if conditions.is_monochrome:
        cv2.cvtColor(cv2.cvtColor(light, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR, dst=light)
    exposed = np.minimum(light * np.float32(gain), np.float32(255))
    noisy = cv2.add(exposed, _noise(exposed, conditions, rng), dtype=cv2.CV_8U)
    quality = float(np.clip(conditions.quality + rng.normal(0, 3), 20, 97))
    return _compressed(np.asarray(noisy, np.uint8), round(quality))


def _noise(light: Float32Array, conditions: Conditions, rng: np.random.Generator) -> Float32Array:
    height, width = light.shape[:2]
    grain = _grain(is_smooth=conditions.smooths)
    top, left = int(rng.integers(_GRAIN[0] - height + 1)), int(rng.integers(_GRAIN[1] - width + 1))
    value = cv2.cvtColor(light, cv2.COLOR_BGR2GRAY)
    strength = cv2.sqrt(value * np.float32(conditions.shot_noise) + np.float32(conditions.read_noise**2))
    of_colours = cv2.cvtColor(strength, cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.multiply(grain[top : top + height, left : left + width], of_colours), np.float32)


@lru_cache(maxsize=2)
def _grain(*, is_smooth: bool) -> Float32Array:
    """Noise of deviation 1, brightness and colour together; read-only. Smoothed it loses deviation, as noise
    reduction has it.
    """
    rng = np.random.default_rng(0x6A1)
    grain = rng.standard_normal((*_GRAIN, 3), np.float32) * np.float32(0.6)
    grain += rng.standard_normal((*_GRAIN, 1), np.float32) * np.float32(0.8)
    if is_smooth:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), _SMOOTHED), np.float32)
    grain.flags.writeable = False
    return grain


def _compressed(picture: UInt8Array, quality: int) -> UInt8Array:
    """As after a block transform and quantisation; colour at half the resolution."""
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
