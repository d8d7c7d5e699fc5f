"""Boxes, lines, polygons and the homography from image to road plane. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, Float64Array

BoolArray = NDArray[np.bool_]
Point = tuple[float, float]

HORIZON = 1e-6
"""A point counts as at the horizon where it is this many times closer to it than the calibration's points."""
COLLINEAR = 0.005
"""Points this near to a line, as a share of the points' extent, count as on it."""
SAME_POINT = 1e-6
"""Points this near to each other, as a share of the points' extent, count as one."""


def box_areas(xyxy: Float32Array) -> Float32Array:
    """Areas of boxes (n, 4) in square pixels, (n,)."""
    return (xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1])


def box_iou(a: Float32Array, b: Float32Array) -> Float32Array:
    """Intersection over union of every pair: (n, 4) and (m, 4) -> (n, m), 0 where both areas are 0."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width_height = np.clip(bottom_right - top_left, 0, None)
    intersection = width_height[..., 0] * width_height[..., 1]
    union = box_areas(a)[:, None] + box_areas(b)[None, :] - intersection
    iou: Float32Array = np.divide(intersection, union, out=np.zeros_like(intersection), where=union > 0)
    return iou


def middles_inside(a: Float32Array, b: Float32Array) -> BoolArray:
    """Whether a box has its middle in another, of every pair: (n, 4) and (m, 4) -> (n, m); False where one is NaN."""
    middles = ((a[:, :2] + a[:, 2:]) / 2)[:, None]
    inside: BoolArray = np.all((middles >= b[None, :, :2]) & (middles <= b[None, :, 2:]), axis=2)
    return inside


def ground_points(xyxy: Float32Array) -> Float64Array:
    """The middle of each box's lower edge, where the vehicle meets the road: (n, 4) -> (n, 2) pixels."""
    x1, _, x2, y2 = xyxy.astype(np.float64).T
    return np.stack([(x1 + x2) / 2, y2], axis=1)


def cut_by_border(xyxy: Float32Array, frame_size: tuple[int, int], margin_px: float) -> BoolArray:
    """Which boxes (n, 4) come within `margin_px` of an edge of the frame (width, height), (n,)."""
    width, height = frame_size
    cut: BoolArray = np.any(xyxy[:, :2] < margin_px, axis=1) | np.any(
        xyxy[:, 2:] > np.array([width, height]) - margin_px, axis=1
    )
    return cut


def side_of_line(points: Float64Array, start: Point, end: Point) -> Float64Array:
    """Signed distance in pixels of points (n, 2) from the endless line through `start` and `end`, (n,).

    Seen in the image (y downwards), walking from `start` to `end`: positive on the right hand, negative on the left.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    cross: Float64Array = dx * (points[:, 1] - start[1]) - dy * (points[:, 0] - start[0])
    return cross / math.hypot(dx, dy)


def segment_crossing(a: Point, b: Point, c: Point, d: Point) -> tuple[float, float] | None:
    """Where the segment a-b meets the segment c-d, as fractions (0..1) of the one and of the other.

    None where they do not meet or are parallel.
    """
    abx, aby, cdx, cdy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    determinant = abx * cdy - aby * cdx
    if determinant == 0:
        return None
    acx, acy = c[0] - a[0], c[1] - a[1]
    along_ab = (acx * cdy - acy * cdx) / determinant
    along_cd = (acx * aby - acy * abx) / determinant
    return (along_ab, along_cd) if 0 <= along_ab <= 1 and 0 <= along_cd <= 1 else None


def points_in_polygon(points: Float64Array, polygon: Float64Array) -> BoolArray:
    """Which of the points (n, 2) lie inside the polygon (k, 2), (n,); even-odd rule.

    A point on the edge that two polygons share belongs to exactly one of them.
    """
    start, end = polygon, np.roll(polygon, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (start[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    edge_x = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / rise
    inside: BoolArray = np.count_nonzero(spans & (x < edge_x), axis=1) % 2 == 1
    return inside


def self_crossing(polygon: Sequence[Point]) -> tuple[int, int] | None:
    """The first two edges of a polygon that cross (edge i goes from point i to the next, from 0), or None."""
    count = len(polygon)
    for first, second in combinations(range(count), 2):
        neighbours = second - first in (1, count - 1)
        a, b = polygon[first], polygon[first + 1]
        if not neighbours and segment_crossing(a, b, polygon[second], polygon[(second + 1) % count]):
            return first, second
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """The map between the image and the plane of the road.

    Attributes:
        matrix: (3, 3) float64, image pixels to metres; its third row is positive on the near side of the horizon and
            averages 1 over the points that it was fitted to.
    """

    matrix: Float64Array

    @classmethod
    def fit(cls, image_points: Float64Array, ground_points_m: Float64Array) -> Homography:
        """The homography through n >= 4 pairs, (n, 2) pixels and (n, 2) metres; least squares where n > 4.

        Normalised direct linear transform: Hartley, "In defense of the eight-point algorithm", PAMI 1997.

        Raises:
            ValueError: too few, repeated or (nearly) collinear points, or pairs in an impossible order.
        """
        _check_pairs(image_points, ground_points_m)
        from_image, from_ground = _normalisation(image_points), _normalisation(ground_points_m)
        rows = _dlt_rows(_project(from_image, image_points), _project(from_ground, ground_points_m))
        normalised = np.linalg.svd(rows)[2][-1].reshape(3, 3)
        return cls(_facing_forward(np.linalg.inv(from_ground) @ normalised @ from_image, image_points))

    def to_ground(self, points: Float64Array) -> Float64Array:
        """Pixels (n, 2) to metres (n, 2); NaN for a point at or beyond the horizon."""
        return _project(self.matrix, points)

    def to_image(self, points_m: Float64Array) -> Float64Array:
        """Metres (n, 2) to pixels (n, 2); NaN for a point beside or behind the camera."""
        return _project(np.linalg.inv(self.matrix).astype(np.float64), points_m)

    def ground_covariance(self, points: Float64Array, pixel_sigma: float) -> Float64Array:
        """Covariance in square metres, (n, 2, 2), of points (n, 2) known to `pixel_sigma` pixels in x and in y.

        First order: J Jᵀ sigma² with the Jacobian J of `to_ground`; NaN at or beyond the horizon.
        """
        ground = self.to_ground(points)
        depth = _homogeneous(points) @ self.matrix[2]
        depth[np.isnan(ground[:, 0])] = np.nan
        rows = self.matrix[None, :2, :2] - ground[:, :, None] * self.matrix[None, 2:, :2]
        jacobian = rows / depth[:, None, None]
        covariance: Float64Array = pixel_sigma**2 * (jacobian @ jacobian.transpose(0, 2, 1))
        return covariance


def _homogeneous(points: Float64Array) -> Float64Array:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)


def _project(matrix: Float64Array, points: Float64Array) -> Float64Array:
    mapped = _homogeneous(points) @ matrix.T
    depth = np.where(mapped[:, 2] > HORIZON, mapped[:, 2], np.nan)
    projected: Float64Array = mapped[:, :2] / depth[:, None]
    return projected


def _normalisation(points: Float64Array) -> Float64Array:
    """Moves the points' mean to the origin and their mean distance from it to the root of 2."""
    mean = points.mean(axis=0)
    scale = math.sqrt(2) / float(np.linalg.norm(points - mean, axis=1).mean())
    return np.array([[scale, 0, -scale * mean[0]], [0, scale, -scale * mean[1]], [0, 0, 1]])


def _dlt_rows(image: Float64Array, ground: Float64Array) -> Float64Array:
    homogeneous, zeros = _homogeneous(image), np.zeros((len(image), 3))
    for_x = np.concatenate([homogeneous, zeros, -ground[:, :1] * homogeneous], axis=1)
    for_y = np.concatenate([zeros, homogeneous, -ground[:, 1:] * homogeneous], axis=1)
    return np.concatenate([for_x, for_y])


def _facing_forward(matrix: Float64Array, image_points: Float64Array) -> Float64Array:
    depth = _homogeneous(image_points) @ matrix[2]
    if depth.min() * depth.max() <= 0:
        raise ValueError(
            "expected the pairs in the same order in the image and on the ground, got an order that puts the horizon "
            "between them: check that no two points are swapped"
        )
    forward: Float64Array = matrix / depth.mean()
    return forward


def _check_pairs(image: Float64Array, ground: Float64Array) -> None:
    if image.shape != ground.shape or image.ndim != 2 or image.shape[1] != 2 or len(image) < 4:
        raise ValueError(
            f"expected at least 4 pairs of (x, y), got {image.shape} in the image, {ground.shape} in metres"
        )
    for name, points in (("image points", image), ("ground points", ground)):
        if not np.isfinite(points).all():
            raise ValueError(f"{name}: expected finite numbers")
        _refuse_line(name, points)


def _refuse_line(name: str, points: Float64Array) -> None:
    """Four points with no three on a line exist unless all, or all but one, lie on one line."""
    pairs = list(combinations(range(len(points)), 2))
    extent = max(math.dist(points[i], points[j]) for i, j in pairs)
    for i, j in pairs:
        if math.dist(points[i], points[j]) <= SAME_POINT * extent:
            raise ValueError(f"{name}: expected different points, got {i + 1} and {j + 1} in the same place")
    for i, j in pairs:
        distance = np.abs(side_of_line(points, tuple(points[i]), tuple(points[j])))
        on_line = np.flatnonzero(distance <= COLLINEAR * extent) + 1
        if len(points) - len(on_line) <= 1:
            listed = ", ".join(map(str, on_line))
            raise ValueError(f"{name}: expected 4 points with no three on a line, got points {listed} on one line")
