"""Against the direction of a lane."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Fact, Float64Array, Passage, Trajectory, Violation
from traffic.geometry import cut_by_border, points_in_polygon
from traffic.rules.rule import violation
from traffic.rules.settings import WrongWaySettings
from traffic.rules.way_back import Progress, WayBack, first_way_back
from traffic.scene.calibration import Calibration
from traffic.scene.settings import LaneSettings, SceneSettings, as_points

NAME = "wrong_way"
METRES, HEIGHTS = "m", "box heights"
BORDER_MARGIN_PX = 2.0
"""A box nearer than this to the frame's border may be cut by it: its lower edge is not where the vehicle stands."""


class WrongWay:
    """Broken when a vehicle in a lane gets a minimum distance back from the furthest it had come along the lane.

    The distance is in metres where the scene is calibrated, else in heights of the vehicle's box. Each position is the
    middle one of three neighbours, so that a single box that jumped breaks no rule; `first_way_back` says what else a
    way back must have.

    Raises:
        ValueError: a lane's arrow points beyond the horizon of the calibration.
    """

    def __init__(self, settings: WrongWaySettings, scene: SceneSettings) -> None:
        self._lanes = scene.lanes
        self._calibration = None if scene.road is None else Calibration(scene.road)
        self._arrows = [self._arrow(lane) for lane in scene.lanes]
        self._unit = HEIGHTS if scene.road is None else METRES
        self._minimum = settings.minimum_distance_heights if scene.road is None else settings.minimum_distance_m

    def judge(self, passage: Passage) -> Violation | None:
        """See Rule.judge; the moment is the observation at which the distance was reached, in the first such lane.

        The fact "lane" is the lane's number in the config, from 1.
        """
        found = []
        for number, (lane, arrow) in enumerate(zip(self._lanes, self._arrows, strict=True), start=1):
            progress = self._progress(passage.trajectory, lane, arrow)
            back = first_way_back(progress, self._minimum)
            if back is not None:
                found.append((int(progress.pts_ns[back.reached]), number, progress, back))
        if not found:
            return None
        pts_ns, number, progress, back = min(found, key=lambda each: each[:2])
        return violation(NAME, passage, pts_ns, self._facts(number, progress, back))

    def _facts(self, number: int, progress: Progress, back: WayBack) -> tuple[Fact, ...]:
        furthest, reached = back.furthest, back.reached
        return (
            Fact("lane", float(number), ""),
            Fact("distance", float(progress.along[furthest] - progress.along[reached]), self._unit),
            Fact("minimum_distance", self._minimum, self._unit),
            Fact("duration", float(progress.pts_ns[reached] - progress.pts_ns[furthest]) / 1e9, "s"),
        )

    def _arrow(self, lane: LaneSettings) -> Float64Array:
        """The unit vector of the lane's direction, (2,), on the road where calibrated, else in the image."""
        ends = as_points(lane.direction)
        if self._calibration is not None:
            ends = self._calibration.homography.to_ground(ends)
        if not np.isfinite(ends).all():
            raise ValueError(f"lane {lane.name!r}: expected its arrow on the road, got an end beyond the horizon")
        return _unit_vector(ends)

    def _progress(self, trajectory: Trajectory, lane: LaneSettings, arrow: Float64Array) -> Progress:
        points = trajectory.ground_points
        kept = points_in_polygon(points, as_points(lane.points))
        kept &= ~cut_by_border(trajectory.xyxy, trajectory.frame_size, BORDER_MARGIN_PX)
        if self._calibration is not None:
            kept &= self._calibration.locate(points).usable
        heights = trajectory.xyxy[kept, 3].astype(np.float64) - trajectory.xyxy[kept, 1]
        lower = points[kept]
        upper = lower - np.stack([np.zeros_like(heights), heights], axis=1)
        image_arrow = _unit_vector(as_points(lane.direction))
        return Progress(
            trajectory.pts_ns[kept],
            _middle_of_three(self._along(lower, heights, arrow)),
            _middle_of_three(lower @ image_arrow),
            _middle_of_three(upper @ image_arrow),
        )

    def _along(self, points: Float64Array, heights_px: Float64Array, arrow: Float64Array) -> Float64Array:
        if self._calibration is None:
            return _in_heights(points @ arrow, heights_px)
        return self._calibration.homography.to_ground(points) @ arrow


def _unit_vector(ends: Float64Array) -> Float64Array:
    vector: Float64Array = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    return vector


def _in_heights(along_px: Float64Array, heights_px: Float64Array) -> Float64Array:
    """Pixels along the lane (n,) as a running sum of steps, each in mean heights of its two boxes, (n,)."""
    if len(along_px) == 0:
        return along_px
    steps = np.diff(along_px) / np.maximum((heights_px[1:] + heights_px[:-1]) / 2, 1.0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _middle_of_three(values: Float64Array) -> Float64Array:
    """Running median of three; the ends are left out, (n,) -> (n,) with the ends repeated."""
    if len(values) < 3:
        return np.zeros_like(values)
    middle = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    return np.concatenate([middle[:1], middle, middle[-1:]])
