"""From a source's picture to the network's input: a random cut and turn, and what light, lens and codec do to it."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import Float64Array, UInt8Array
from traffic.training.plate_locator.pasting import Pose, rotation
from traffic.training.plate_locator.samples import PlateView, mirrored, moved_quads, warped

PAD_VALUE = 114
STEEPEST_DEG = 40.0
_TURNED_SHARE = 0.4


def seen(view: PlateView, size: tuple[int, int], random: np.random.Generator) -> PlateView:
    """A random view of a picture at the network's input (width, height), letterboxed to the top left."""
    if random.random() < 0.5:
        view = mirrored(view)
    matrix = _letterbox(view.image, size, random)
    if random.random() < _TURNED_SHARE:
        matrix = _turn(size, random) @ matrix
    return warped(*_halved_if_small(view, matrix), size, PAD_VALUE)


def plain(view: PlateView, size: tuple[int, int]) -> PlateView:
    """The whole picture letterboxed to the top left, nothing else."""
    scale = min(size[0] / view.image.shape[1], size[1] / view.image.shape[0])
    return warped(*_halved_if_small(view, np.diag([scale, scale, 1.0])), size, PAD_VALUE)


def degraded(image: UInt8Array, random: np.random.Generator) -> UInt8Array:
    """Light, colour, blur, lost pixels, noise and JPEG, each only sometimes."""
    image = _relit(image, random)
    if random.random() < 0.3:
        image = _blurred(image, random)
    if random.random() < 0.3:
        image = _coarse(image, random)
    if random.random() < 0.4:
        image = _noisy(image, random)
    if random.random() < 0.3:
        quality = int(random.integers(20, 80))
        image = np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1))
    return image


def _letterbox(image: UInt8Array, size: tuple[int, int], random: np.random.Generator) -> Float64Array:
    """The picture, cut a little or with some room around it, into the canvas."""
    height, width = image.shape[:2]
    left, right, top, bottom = random.uniform(-0.06, 0.10, 4) * np.array([width, width, height, height])
    stretch = float(np.exp(random.normal(0, 0.08)))
    cut_width, cut_height = (width - left - right) * stretch, height - top - bottom
    scale = min(size[0] / cut_width, size[1] / cut_height)
    if random.random() < 0.15:
        scale *= float(random.uniform(0.5, 1.0))
    return np.array([[scale * stretch, 0, -left * scale * stretch], [0, scale, -top * scale], [0, 0, 1.0]])


def _turn(size: tuple[int, int], random: np.random.Generator) -> Float64Array:
    """The canvas as a board that is turned in front of a camera."""
    yaw, pitch = random.normal(0, np.deg2rad(STEEPEST_DEG) / 2, 2).clip(-0.7, 0.7)
    pose = Pose(float(yaw), float(pitch), float(random.normal(0, 0.15)))
    width, height = size
    to_board = np.array([[1 / width, 0, -0.5], [0, 1 / width, -0.5 * height / width], [0, 0, 1.0]])
    distance = float(random.uniform(1.5, 4.0))
    plane = rotation(pose)
    plane = np.column_stack([plane[:, 0], plane[:, 1], [0, 0, distance]])
    zoom = distance * width * random.uniform(0.85, 1.2)
    project = np.array([[zoom, 0, width / 2], [0, zoom, height / 2], [0, 0, 1.0]])
    turned: Float64Array = project @ plane @ to_board
    return turned


def _halved_if_small(view: PlateView, matrix: Float64Array) -> tuple[PlateView, Float64Array]:
    """Where the warp would leave out pixels, the picture at half its size and the warp for that."""
    if float(np.abs(matrix[:2, :2]).max()) >= 0.5 * abs(float(matrix[2, 2])):
        return view, matrix
    height, width = view.image.shape[:2]
    size = max(width // 2, 1), max(height // 2, 1)
    shrink = np.diag([size[0] / width, size[1] / height, 1.0])
    small = cv2.resize(view.image, size, interpolation=cv2.INTER_AREA)
    halved = PlateView(np.asarray(small, np.uint8), moved_quads(view.quads, shrink), view.exact)
    return halved, matrix @ np.linalg.inv(shrink)


def _relit(image: UInt8Array, random: np.random.Generator) -> UInt8Array:
    table = np.arange(256) / 255
    gamma = np.exp(random.normal(0, 0.35))
    gain, lift = random.uniform(0.6, 1.25), random.uniform(-0.06, 0.08)
    tint = random.uniform(0.8, 1.2, 3) if random.random() < 0.4 else np.ones(3)
    tables = np.clip((table[:, None] ** gamma * gain + lift) * tint * 255, 0, 255).astype(np.uint8)
    relit = cv2.LUT(image, tables[None])
    if random.random() < 0.12:
        relit = cv2.cvtColor(cv2.cvtColor(relit, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(relit, np.uint8)


def _blurred(image: UInt8Array, random: np.random.Generator) -> UInt8Array:
    if random.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.4, 1.8))), np.uint8)
    length = int(random.integers(3, 9))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    middle = (length - 1) / 2
    start, end = np.round(middle - reach).astype(int), np.round(middle + reach).astype(int)
    cv2.line(kernel, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def _coarse(image: UInt8Array, random: np.random.Generator) -> UInt8Array:
    height, width = image.shape[:2]
    factor = float(random.uniform(0.3, 0.9))
    small = cv2.resize(image, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _noisy(image: UInt8Array, random: np.random.Generator) -> UInt8Array:
    height, width = image.shape[:2]
    grain = random.standard_normal((height // 2, width // 2, 3), np.float32) * np.float32(random.uniform(2, 14))
    noise = cv2.resize(
        grain, (width, height), interpolation=cv2.INTER_NEAREST if random.random() < 0.5 else cv2.INTER_LINEAR
    )
    return np.clip(image + noise, 0, 255).astype(np.uint8)
