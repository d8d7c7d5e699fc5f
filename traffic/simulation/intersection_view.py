"""What a camera sees of boxes on a road, and what a detector makes of it.

No picture is drawn: every vehicle is the outline of its 3D box, the nearer one hides the one behind it, and the
detector's faults are drawn from the visible share, seeded.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Detections, Float32Array, Float64Array, Int64Array
from traffic.simulation.camera import NEAR_M, Camera
from traffic.simulation.mesh import Floats

COARSE = 3
"""Pixels of the frame a side for each pixel in which visibility is counted."""
LEAST_SIDE_PX = 14.0
CORNERS = np.array([[a, b, c] for a in (-0.5, 0.5) for b in (-0.5, 0.5) for c in (0.0, 1.0)])


@dataclass(frozen=True, eq=False)
class Boxes3D:
    """n boxes on the road.

    Attributes:
        ids: (n,) int64, the vehicle's number, positive.
        class_ids: (n,) int64.
        places: (n, 2) metres, the middle.
        headings: (n, 2) unit.
        sizes: (n, 3) metres, width, length, height.
    """

    ids: Int64Array
    class_ids: Int64Array
    places: Floats
    headings: Floats
    sizes: Floats


@dataclass(frozen=True, eq=False)
class Sight:
    """The truth of one frame, n vehicles in the picture, hidden or not.

    Attributes:
        ids, class_ids: (n,) int64.
        xyxy: (n, 4) float32, the part inside the frame, hidden or not.
        visible: (n,) float64, the share of its outline that nothing hides.
        seen: (n, 4) float32, what bounds the visible part; zeros if there is none.
    """

    ids: Int64Array
    class_ids: Int64Array
    xyxy: Float32Array
    visible: Float64Array
    seen: Float32Array


@dataclass(frozen=True)
class Faults:
    """How a detector errs; shares are of a box's size or of 1.

    Attributes:
        noise: standard deviation of every edge.
        missed: how often a clearly visible vehicle is not found.
        least_visible: what is hidden more than that is never found.
        clipped: how often a partly hidden vehicle's box bounds the visible part only.
        doubled: how often a vehicle gets a second, worse box.
        false_a_frame: mean number of boxes where nothing is.
    """

    noise: float = 0.02
    missed: float = 0.02
    least_visible: float = 0.25
    clipped: float = 0.5
    doubled: float = 0.02
    false_a_frame: float = 0.03


def look(camera: Camera, boxes: Boxes3D) -> Sight:
    """What is where in the picture; the nearest vehicle hides what is behind its outline."""
    outlines, kept, depth = _outlines(camera, boxes)
    order = np.argsort(depth)[::-1]
    canvas = np.zeros((camera.height // COARSE + 1, camera.width // COARSE + 1), np.int32)
    alone = np.zeros(len(kept))
    for place in order:
        polygon = np.round(outlines[place] / COARSE).astype(np.int32)
        alone[place] = _pixels(polygon, canvas.shape)
        cv2.fillConvexPoly(canvas, polygon, int(place) + 1)
    seen, count = _bounds(canvas, len(kept))
    limits = np.array([camera.width, camera.height] * 2, np.float32)
    full = [np.concatenate([outline.min(axis=0), outline.max(axis=0)]) for outline in outlines]
    xyxy = np.clip(np.array(full, np.float32).reshape(-1, 4), 0, limits)
    large = (xyxy[:, 2:] - xyxy[:, :2]).min(axis=1, initial=np.inf) >= LEAST_SIDE_PX
    visible = np.minimum(count / np.maximum(alone, 1), 1.0)
    return Sight(
        boxes.ids[kept][large],
        boxes.class_ids[kept][large],
        xyxy[large],
        visible[large],
        np.clip(seen * COARSE, 0, limits)[large],
    )


def detect(sight: Sight, camera: Camera, faults: Faults, rng: np.random.Generator) -> Detections:
    """What a detector finds: surer of what is less hidden."""
    found = np.flatnonzero((sight.visible >= faults.least_visible) & (rng.random(len(sight.ids)) >= faults.missed))
    visible = sight.visible[found]
    clipped = (visible < 0.7) & (rng.random(len(found)) < faults.clipped)
    boxes = np.where(clipped[:, None], sight.seen[found], sight.xyxy[found]).astype(np.float64)
    size = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    boxes += rng.normal(0, faults.noise, boxes.shape) * size
    scores = np.clip(0.12 + 0.76 * visible + rng.normal(0, 0.06, len(found)), 0.05, 0.98)
    twice = np.flatnonzero(rng.random(len(found)) < faults.doubled)
    second = boxes[twice] + rng.normal(0, 0.06, (len(twice), 4)) * size[twice]
    false, false_scores = _false_boxes(camera, faults, rng)
    classes = sight.class_ids[found]
    return Detections(
        np.concatenate([boxes, second, false]).astype(np.float32),
        np.concatenate([scores, scores[twice] * 0.6, false_scores]).astype(np.float32),
        np.concatenate([classes, classes[twice], np.zeros(len(false), np.int64)]),
    )


def _outlines(camera: Camera, boxes: Boxes3D) -> tuple[list[Floats], Int64Array, Floats]:
    """Convex outlines (k, 2) in pixels, the rows of `boxes` they are of, and how far away these are, metres."""
    aside = np.stack([boxes.headings[:, 1], -boxes.headings[:, 0]], axis=1)
    local = CORNERS[None] * boxes.sizes[:, None]
    ground = boxes.places[:, None] + local[..., :1] * aside[:, None] + local[..., 1:2] * boxes.headings[:, None]
    corners = np.concatenate([ground, local[..., 2:]], axis=2)
    in_camera = camera.to_camera(corners.reshape(-1, 3)).reshape(corners.shape)
    pixels = camera.to_pixels(in_camera.reshape(-1, 3).clip([-1e6, -1e6, NEAR_M], 1e6)).reshape(-1, 8, 2)
    inside = (pixels.max(axis=1) > 0).all(axis=1) & (pixels.min(axis=1) < [camera.width, camera.height]).all(axis=1)
    kept = np.flatnonzero(inside & (in_camera[..., 2].min(axis=1) > 2 * NEAR_M))
    hulls = [cv2.convexHull(pixels[place].astype(np.float32))[:, 0].astype(np.float64) for place in kept]
    return hulls, kept, in_camera[kept, :, 2].min(axis=1)


def _pixels(polygon: NDArray[np.int32], shape: tuple[int, ...]) -> int:
    low, high = np.clip(polygon.min(axis=0), 0, None), np.minimum(polygon.max(axis=0) + 1, (shape[1], shape[0]))
    if (high <= low).any():
        return 0
    own = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillConvexPoly(own, polygon - low, 1)
    return int(np.count_nonzero(own))


def _bounds(canvas: NDArray[np.int32], n: int) -> tuple[Float32Array, Float64Array]:
    """Of each painted number 1..n: the bounding box (n, 4) of its pixels, and how many they are (n,)."""
    y, x = np.nonzero(canvas)
    owner = canvas[y, x] - 1
    bounds = np.tile(np.array([np.inf, np.inf, 0, 0]), (n, 1))
    for column, values in enumerate((x, y)):
        np.minimum.at(bounds[:, column], owner, values)
        np.maximum.at(bounds[:, column + 2], owner, values + 1)
    bounds[np.isinf(bounds[:, 0])] = 0
    return bounds.astype(np.float32), np.bincount(owner, minlength=n).astype(np.float64)


def _false_boxes(camera: Camera, faults: Faults, rng: np.random.Generator) -> tuple[Floats, Floats]:
    count = int(rng.poisson(faults.false_a_frame))
    middle = rng.uniform([0, camera.height * 0.2], [camera.width, camera.height], (count, 2))
    half = rng.uniform(10, 75, (count, 2))
    return np.concatenate([middle - half, middle + half], axis=1), rng.uniform(0.1, 0.7, count)
