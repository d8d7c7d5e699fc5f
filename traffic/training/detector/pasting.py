"""Rare vehicles pasted into pictures of roads, and hard shadows laid beside the vehicles there.

Copy-paste after Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method", arXiv:2012.07177, with boxes
and a soft edge in place of masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Float32Array, UInt8Array
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.geometry import box_areas

HEIGHTS: Mapping[str, float] = {"van": 1.25, "bus": 1.8, "truck": 1.8, "motorcycle": 0.8}
"""How much higher than a car's its box is."""
LEAST_SIDE_PX = 20
LARGEST_GAIN = 1.8
"""A patch is never scaled up more than that."""
MARGIN_SHARE = 0.05
TRIES = 12
MOST_COVERED = 0.12
"""Of a labelled vehicle, or of the pasted one by it."""

Random = np.random.Generator


class VehiclePile:
    """Patches of rare vehicles by class, cut out of labelled pictures or given as they are.

    Args:
        pictures: from which every clear vehicle of one certain class in HEIGHTS is cut.
        crops: class to further patches, whose edge is MARGIN_SHARE outside the vehicle.
    """

    def __init__(self, pictures: Iterable[LabelledImage], crops: Mapping[str, Sequence[UInt8Array]]) -> None:
        self._patches: dict[str, list[UInt8Array]] = {name: [] for name in HEIGHTS}
        self._crops = {name: list(crops.get(name, ())) for name in HEIGHTS}
        for picture in pictures:
            for row in np.flatnonzero(_is_clear(picture)):
                name = VEHICLE_CLASSES[picture.allowed[row].argmax()]
                self._patches[name].append(_cut(picture, picture.xyxy[row]))

    def __len__(self) -> int:
        return sum(map(len, self._patches.values())) + sum(map(len, self._crops.values()))

    def draw(self, random: Random) -> tuple[str, UInt8Array]:
        """A class, each as likely as the others, and one of its patches."""
        names = [name for name in HEIGHTS if self._patches[name] or self._crops[name]]
        name = names[random.integers(len(names))]
        piles = [pile for pile in (self._patches[name], self._crops[name]) if pile]
        pile = piles[random.integers(len(piles))]
        return name, pile[random.integers(len(pile))]


def with_pasted(picture: LabelledImage, pile: VehiclePile, most: int, random: Random) -> LabelledImage:
    """The picture with 1 to `most` vehicles of the pile where there is room, as large as the vehicles near by."""
    if not picture.is_vehicle.any():
        return picture
    image, boxes = picture.image.copy(), picture.xyxy
    names: list[list[str]] = []
    for _ in range(int(random.integers(1, most + 1))):
        name, patch = pile.draw(random)
        place = _place(picture, boxes, HEIGHTS[name], patch, random)
        if place is not None:
            _blend(image, patch, place)
            boxes, names = np.concatenate([boxes, _vehicle_box(place)[None]]), [*names, [name]]
    return replace(picture, image=image, xyxy=boxes, allowed=np.concatenate([picture.allowed, class_mask(names)]))


def with_shadow(picture: LabelledImage, random: Random) -> LabelledImage:
    """The picture with a hard shadow beside one of its larger vehicles, under none of them."""
    sides = (picture.xyxy[:, 2:] - picture.xyxy[:, :2]).min(axis=1, initial=np.inf)
    large = np.flatnonzero(sides > LEAST_SIDE_PX)
    if not len(large):
        return picture
    x1, y1, x2, y2 = picture.xyxy[random.choice(large)]
    reach, height = random.uniform(0.6, 1.4) * (x2 - x1), random.uniform(0.25, 0.6) * (y2 - y1)
    lean, sign = random.uniform(-0.3, 0.3) * reach, random.choice([-1, 1])
    edge = x2 if sign > 0 else x1
    corners = [(edge, y2), (edge, y2 - height), (edge + sign * reach, y2 - height + lean), (edge + sign * reach, y2)]
    mask = np.zeros(picture.image.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.array(corners, np.int32)], 1.0)
    for left, top, right, bottom in picture.xyxy.astype(int):
        mask[max(0, top) : bottom, max(0, left) : right] = 0
    shade = 1 - random.uniform(0.4, 0.7) * cv2.GaussianBlur(mask, (3, 3), 0)[..., None]
    return replace(picture, image=(picture.image * shade).astype(np.uint8))


def _is_clear(picture: LabelledImage) -> np.ndarray:
    height, width = picture.image.shape[:2]
    inside = (picture.xyxy[:, :2] > 1).all(axis=1) & (picture.xyxy[:, 2:] < [width - 1, height - 1]).all(axis=1)
    sides = (picture.xyxy[:, 2:] - picture.xyxy[:, :2]).min(axis=1, initial=np.inf)
    known = (picture.allowed.sum(axis=1) == 1) & ~picture.allowed[:, VEHICLE_CLASSES.index("car")]
    covered = np.array([_covered(picture.xyxy, row) for row in range(len(picture.xyxy))])
    return np.asarray(inside & known & (sides >= LEAST_SIDE_PX) & (covered < MOST_COVERED))


def _covered(boxes: Float32Array, row: int) -> float:
    others = np.delete(boxes, row, axis=0)
    return float(_shared(others, boxes[row]).max(initial=0) / max(1e-6, box_areas(boxes[row : row + 1])[0]))


def _shared(boxes: Float32Array, box: Float32Array) -> Float32Array:
    top_left, bottom_right = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    return np.asarray(np.clip(bottom_right - top_left, 0, None).prod(axis=1), np.float32)


def _cut(picture: LabelledImage, box: Float32Array) -> UInt8Array:
    margin = (box[2:] - box[:2]) * MARGIN_SHARE
    left, top = np.maximum(0, np.floor(box[:2] - margin)).astype(int)
    right, bottom = np.ceil(box[2:] + margin).astype(int)
    return picture.image[top:bottom, left:right].copy()


def _place(
    picture: LabelledImage, boxes: Float32Array, height_to_car: float, patch: UInt8Array, random: Random
) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of a free place, its size taken from a vehicle of the same picture."""
    height, width = picture.image.shape[:2]
    vehicles = picture.xyxy[picture.is_vehicle]
    for _ in range(TRIES):
        x1, y1, x2, y2 = vehicles[random.integers(len(vehicles))]
        car = min(y2 - y1, (x2 - x1) * 1.1)
        high = int(car * height_to_car * random.lognormal(0, 0.15) * (1 + 2 * MARGIN_SHARE))
        wide = int(high * patch.shape[1] / patch.shape[0] * random.uniform(0.9, 1.1))
        bottom = int(y2 + random.uniform(-0.2, 0.2) * car)
        left = int(random.integers(0, max(1, width - wide)))
        place = (left, bottom - high, left + wide, bottom)
        fits = place[1] >= 0 and bottom <= height and place[2] <= width and min(high, wide) >= 6
        if fits and high <= LARGEST_GAIN * patch.shape[0] and _is_free(boxes, place):
            return place
    return None


def _is_free(boxes: Float32Array, place: tuple[int, int, int, int]) -> bool:
    box = np.array(place, np.float32)
    shared = _shared(boxes, box)
    own = (box[2] - box[0]) * (box[3] - box[1])
    return bool((shared < MOST_COVERED * np.minimum(box_areas(boxes), own)).all())


def _blend(image: UInt8Array, patch: UInt8Array, place: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = place
    target = image[top:bottom, left:right]
    resized = cv2.resize(patch, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.float32)
    gain = 0.6 + 0.4 * (target.mean() + 10) / (resized.mean() + 10)
    opacity = _soft_edge(bottom - top)[:, None, None] * _soft_edge(right - left)[None, :, None]
    target[:] = np.clip(opacity * resized * np.clip(gain, 0.5, 1.3) + (1 - opacity) * target, 0, 255)


def _soft_edge(length: int) -> Float32Array:
    positions = np.arange(length) + 0.5
    return np.asarray(np.clip(np.minimum(positions, length - positions) / max(1, MARGIN_SHARE * length), 0, 1))


def _vehicle_box(place: tuple[int, int, int, int]) -> Float32Array:
    left, top, right, bottom = place
    share = MARGIN_SHARE / (1 + 2 * MARGIN_SHARE)
    dx, dy = share * (right - left), share * (bottom - top)
    return np.array([left + dx, top + dy, right - dx, bottom - dy], np.float32)
