"""Which box lies where: in front of a vehicle, in it, on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from traffic.geometry import box_iou
from traffic.privacy.blur import Box

SAME_PLATE_IOU = 0.2
INSIDE = 0.5
"""A person of whom more than this share is in the accused vehicle's box is in it, or on it."""
BEHIND = 0.02
"""Who stands in front of a vehicle reaches below it, by this share of the vehicle's height at least."""

BORDER_PX = 2.0
"""A vehicle's box that comes so near to a side of the picture is cut by it."""


def is_accused(plate: Box, own: Box | None, accused: Box, other: Box) -> bool:
    """Whether a plate found in another vehicle's box is the accused one's, whose box overlaps with it."""
    if own is not None:
        pair = np.array([plate], np.float32), np.array([own], np.float32)
        return bool(box_iou(*pair)[0, 0] > SAME_PLATE_IOU)
    return holds_middle(accused, plate) and not in_front(other, accused)


def in_front(first: Box, second: Box) -> bool:
    """Whether the first stands nearer to the camera: it meets the road lower in the picture."""
    return first[3] > second[3] + BEHIND * (second[3] - second[1])


def holds_middle(box: Box, other: Box) -> bool:
    """Whether the middle of the other lies in the box."""
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


def occupies(person: Box, vehicle: Box) -> bool:
    """Whether a person is in or on a vehicle, not beside or in front of it."""
    width = min(person[2], vehicle[2]) - max(person[0], vehicle[0])
    height = min(person[3], vehicle[3]) - max(person[1], vehicle[1])
    area = (person[2] - person[0]) * (person[3] - person[1])
    return max(width, 0.0) * max(height, 0.0) > INSIDE * area and not in_front(person, vehicle)


def part(box: Box, shares: Box) -> Box:
    """A part of a box by shares of its width and height, from its upper left corner."""
    width, height = box[2] - box[0], box[3] - box[1]
    return (
        box[0] + shares[0] * width,
        box[1] + shares[1] * height,
        box[0] + shares[2] * width,
        box[1] + shares[3] * height,
    )


def to_border(place: Box, box: Box, width: float) -> Box:
    """A part of a box; where the side of the picture cuts the box, as far as that side: who knows what is missing."""
    left = 0.0 if box[0] < BORDER_PX else place[0]
    right = width if box[2] > width - BORDER_PX else place[2]
    return left, place[1], right, place[3]


def wider(box: Box, margin: tuple[float, float]) -> Box:
    """A box with room around it, in shares of its width and height."""
    dx, dy = margin[0] * (box[2] - box[0]), margin[1] * (box[3] - box[1])
    return box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy


def without(place: Box, other: Box, accused: Box) -> Iterator[Box]:
    """What of a place on another vehicle lies outside the accused one's box, which is in front: up to four boxes."""
    left, top = max(place[0], accused[0]), max(place[1], accused[1])
    right, bottom = min(place[2], accused[2]), min(place[3], accused[3])
    if right <= left or bottom <= top or in_front(other, accused):
        yield place
        return
    around = (
        (place[0], place[1], place[2], top),
        (place[0], top, left, bottom),
        (right, top, place[2], bottom),
        (place[0], bottom, place[2], place[3]),
    )
    yield from (box for box in around if box[2] > box[0] and box[3] > box[1])
