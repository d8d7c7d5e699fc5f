"""A plate on a vehicle, seen by a camera, found by a locator: the crop that a reader gets."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, Float64Array, UInt8Array
from traffic.simulation.plate_drawing.capture import captured
from traffic.simulation.plate_drawing.drawing import DrawnPlate
from traffic.simulation.plate_drawing.surface import weathered

_WIDEST_CUT = 1.6
"""Crops along the axes show up to so many times the margin of a perfect crop."""
_SURROUND = 0.35
"""Of the plate's size is drawn around it on each side."""


@dataclass(frozen=True, slots=True)
class CropRange:
    """How plates are seen and found.

    Attributes:
        size: (width, height) of the crop, pixels.
        margin: share of the plate's size around it in a perfect crop.
        plate_height: smallest and largest of one-line plates, pixels of the camera; small ones are as frequent as
            large ones, and two-line plates are seen 1.8 times as high.
        rectified: share of crops whose corners a locator gave; the others are cut along the axes.
    """

    size: tuple[int, int]
    margin: float
    plate_height: tuple[float, float] = (10.0, 60.0)
    rectified: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class PlateCrop:
    """A crop (h, w, 3) BGR and the middle of each character in it, (n, 2) pixels."""

    picture: UInt8Array
    centres: Float32Array


def seen_plate(drawn: DrawnPlate, sight: CropRange, rng: np.random.Generator) -> PlateCrop:
    """Put a plate on a vehicle, photograph it from somewhere, cut it out as a locator would."""
    height, width = drawn.picture.shape[:2]
    scene = _mounted(weathered(drawn.picture, rng), rng)
    pad = np.array([round(width * _SURROUND), round(height * _SURROUND)], np.float32)
    target_height = float(np.exp(rng.uniform(*np.log(sight.plate_height)))) * (1.8 if width < 2.2 * height else 1.0)
    there = _view(width / height, target_height, rng)
    found = _located(there, sight, rng)
    low = np.floor(np.minimum(found.min(axis=0), there.min(axis=0))) - 2
    high = np.maximum(found.max(axis=0), there.max(axis=0)) + 2
    into_frame = _homography(_corners(width, height) + pad, there - low)
    seen = captured(_photographed(scene, into_frame, high - low, height / target_height), rng)
    into_crop = _homography(found - low, _corners(*sight.size))
    picture = cv2.warpPerspective(seen, into_crop, sight.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    centres = cv2.perspectiveTransform((drawn.centres + pad)[None], into_crop @ into_frame)[0]
    return PlateCrop(np.asarray(picture, np.uint8), centres.astype(np.float32))


def _homography(source: Float32Array, target: Float32Array) -> Float64Array:
    return np.asarray(cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32)), np.float64)


def _corners(width: float, height: float) -> Float32Array:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _photographed(scene: UInt8Array, into_frame: Float64Array, size: Float32Array, shrink: float) -> UInt8Array:
    """Warp with a blur before that keeps a strong reduction from aliasing; `size` is rounded up."""
    if shrink > 1.2:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.45 * shrink), np.uint8)
    width, height = np.ceil(size).astype(int).tolist()
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpPerspective(scene, into_frame, (width, height), borderMode=border), np.uint8)


def _view(aspect: float, height: float, rng: np.random.Generator) -> Float32Array:
    """The plate's corners in the camera's picture (4, 2): turned, sheared, foreshortened."""
    width = height * aspect * (rng.uniform(0.6, 1.1) if rng.random() < 0.85 else rng.uniform(0.42, 0.6))
    corners = (_corners(width, height) - np.array([width, height]) / 2).astype(np.float32)
    roll = np.deg2rad(rng.normal(0, 4 if rng.random() < 0.6 else 13))
    shear = rng.normal(0, 0.1 if rng.random() < 0.75 else 0.25)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    corners = corners @ (turn @ np.array([[1, shear], [0, 1]])).T.astype(np.float32)
    return np.asarray(corners * (1 + rng.normal(0, 0.03, (4, 1))), np.float32)


def _located(there: Float32Array, sight: CropRange, rng: np.random.Generator) -> Float32Array:
    """The crop's corners in the camera's picture, with the errors of a locator."""
    jitter = 0.035 if rng.random() < 0.8 else 0.07
    margin = sight.margin + rng.normal(0, 0.035, 2)
    if rng.random() < sight.rectified:
        found = there
    else:
        margin = rng.uniform(0.0, _WIDEST_CUT * sight.margin) + rng.normal(0, 0.01, 2)
        x1, y1 = there.min(axis=0)
        x2, y2 = there.max(axis=0)
        found = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
    across, down = found[1] - found[0], found[3] - found[0]
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    shares = signs * margin + rng.normal(0, jitter / 2, (4, 2)) * np.array([0.5, 1.5]) + rng.normal(0, jitter / 2, 2)
    return np.asarray(found + shares[:, :1] * across + shares[:, 1:] * down, np.float32)


def _mounted(plate: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """The plate in a holder on a vehicle's body, drawn a third larger on each side."""
    height, width = plate.shape[:2]
    pad_y, pad_x = round(height * _SURROUND), round(width * _SURROUND)
    body = rng.uniform(10, 220) + rng.normal(0, 20, 3) + rng.normal(0, rng.uniform(0, 50), (5, 9, 1))
    patches: UInt8Array = np.clip(body, 0, 255).astype(np.uint8)
    scene = np.asarray(cv2.resize(patches, (width + 2 * pad_x, height + 2 * pad_y)), np.uint8)
    _draw_lines(scene, rng)
    if rng.random() < 0.6:
        _draw_holder(scene, (pad_x, pad_y, width, height), rng)
    scene[pad_y : pad_y + height, pad_x : pad_x + width] = plate
    return scene


def _draw_lines(scene: UInt8Array, rng: np.random.Generator) -> None:
    """Edges of bumper and boot lid."""
    height, width = scene.shape[:2]
    for _ in range(int(rng.integers(0, 4))):
        y = rng.uniform(0, height, 2)
        colour = rng.uniform(0, 255, 3).tolist()
        cv2.line(scene, (0, int(y[0])), (width, int(y[1])), colour, int(rng.integers(1, 7)))


def _draw_holder(scene: UInt8Array, place: tuple[int, int, int, int], rng: np.random.Generator) -> None:
    """A frame around the plate, often with a dealer's name below."""
    left, top, width, height = place
    edge = round(height * rng.uniform(0.02, 0.12))
    below = round(height * rng.uniform(0.05, 0.22))
    shade = rng.uniform(0, 90) if rng.random() < 0.75 else rng.uniform(120, 255)
    colour = (shade + rng.normal(0, 10, 3)).clip(0, 255).tolist()
    cv2.rectangle(scene, (left - edge, top - edge), (left + width + edge, top + height + below), colour, cv2.FILLED)
    if rng.random() < 0.6:
        words = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUW -."), int(rng.integers(6, 22))))
        shade = 255 - shade
        origin = (left + round(width * rng.uniform(0, 0.4)), top + height + round(below * 0.9))
        cv2.putText(scene, words, origin, cv2.FONT_HERSHEY_SIMPLEX, below / 30, (shade, shade, shade), 1, cv2.LINE_AA)
