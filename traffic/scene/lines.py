"""Which counting lines a vehicle went over, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence

from traffic.datatypes import LineCrossing, Tracks, Trajectory
from traffic.geometry import Point, ground_points, segment_crossing
from traffic.memory import TrackMemory
from traffic.scene.settings import LineSettings

LEFT, UNSETTLED, RIGHT = -1, 0, 1


class LineWatch:
    """One vehicle and one line: tells the crossing once.

    The vehicle is settled on a side when its ground point is at least the hysteresis away from the line. It has
    crossed when it settles on the other side and its path last met the endless line between the drawn line's ends.
    """

    def __init__(self, line: LineSettings) -> None:
        self._line = line
        self._settled = UNSETTLED
        self._last: tuple[Point, float, int] | None = None
        self._met_at_ns: int | None = None
        self._told = False

    def observe(self, point: Point, pts_ns: int) -> LineCrossing | None:
        """Add the vehicle's next ground point; the crossing, on the observation that makes it certain."""
        distance = _signed_distance(point, self._line)
        if self._last is not None and (self._last[1] < 0) != (distance < 0):
            self._met_at_ns = self._meeting(self._last[0], self._last[2], point, pts_ns)
        self._last = (point, distance, pts_ns)
        return self._settle(distance)

    def _meeting(self, before: Point, before_ns: int, point: Point, pts_ns: int) -> int | None:
        met = segment_crossing(before, point, *self._line.points)
        return None if met is None else before_ns + round(met[0] * (pts_ns - before_ns))

    def _settle(self, distance: float) -> LineCrossing | None:
        if abs(distance) < self._line.hysteresis_px or distance == 0:
            return None
        side = LEFT if distance < 0 else RIGHT
        came_over, met_at_ns = self._settled == -side, self._met_at_ns
        self._settled, self._met_at_ns = side, None
        if self._told or met_at_ns is None or not came_over:
            return None
        self._told = True
        return LineCrossing(self._line.name, "forward" if side == RIGHT else "backward", met_at_ns)


def _signed_distance(point: Point, line: LineSettings) -> float:
    """`geometry.side_of_line` of one point, in plain floats: it runs for every track, line and frame."""
    (x1, y1), (x2, y2) = line.points
    dx, dy = x2 - x1, y2 - y1
    cross: float = dx * (point[1] - y1) - dy * (point[0] - x1)
    return cross / math.hypot(dx, dy)


class TrackLines:
    """One vehicle and all lines of its camera."""

    def __init__(self, lines: Sequence[LineSettings]) -> None:
        self._watches = [LineWatch(line) for line in lines]

    def observe(self, point: Point, pts_ns: int) -> tuple[LineCrossing, ...]:
        """Add the vehicle's next ground point; the crossings that became certain."""
        crossings = (watch.observe(point, pts_ns) for watch in self._watches)
        return tuple(crossing for crossing in crossings if crossing is not None)


class LineCounter:
    """Counts one camera's vehicles over its lines while they drive; forgets a track when it is told as ended."""

    def __init__(self, camera_id: str, lines: Sequence[LineSettings]) -> None:
        self._camera_id = camera_id
        self._memory = TrackMemory(lambda: TrackLines(lines))

    def update(self, tracks: Tracks, pts_ns: int) -> tuple[tuple[int, LineCrossing], ...]:
        """The crossings that became certain with this frame, each with its track's id."""
        points = ground_points(tracks.xyxy).tolist()
        crossings = tuple(
            (track_id, crossing)
            for track_id, (x, y) in zip(tracks.track_ids.tolist(), points, strict=True)
            for crossing in self._memory.recall(self._camera_id, track_id).observe((x, y), pts_ns)
        )
        self.forget(tracks.ended_ids)
        return crossings

    def forget(self, track_ids: Sequence[int]) -> None:
        """These tracks ended without a frame that says so."""
        for track_id in track_ids:
            self._memory.forget(self._camera_id, track_id)

    def __len__(self) -> int:
        return len(self._memory)


def line_crossings(trajectory: Trajectory, lines: Sequence[LineSettings]) -> tuple[LineCrossing, ...]:
    """The crossings of a whole trajectory, in the order of their times: what LineCounter tells while it grows."""
    watched = TrackLines(lines)
    points = trajectory.ground_points.tolist()
    found = [
        crossing
        for (x, y), pts_ns in zip(points, trajectory.pts_ns.tolist(), strict=True)
        for crossing in watched.observe((x, y), pts_ns)
    ]
    return tuple(sorted(found, key=lambda crossing: crossing.pts_ns))
