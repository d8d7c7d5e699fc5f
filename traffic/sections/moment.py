"""When a recorded passage was at the end of a section, and how well that is known.

Over a counting line it is the moment of the crossing: the line lies where the section was surveyed to, and the media
time of a crossing is interpolated between two frames. The place is as uncertain as the ground point of a box
(`line_error_m`). Without a line it is the middle of the passage; nothing tells where in the view the vehicle then was,
so the time is uncertain by the whole passage: a rectangle, whose standard deviation is its length over the root of 12
(JCGM 100:2008, 4.3.7).

UTC labels may jump within a passage when the camera's clock is set. The jump, the difference between the passage's
length by UTC and by media time, is taken for one more standard error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from traffic.datatypes import LineCrossing
from traffic.sections.passage import Moment
from traffic.sections.settings import Direction

RECTANGLE = math.sqrt(12.0)
LABEL_STEP_S = 2e-6
"""Two UTC labels are whole microseconds: so much their distance may differ from that of the media times."""


@dataclass(frozen=True, slots=True)
class SectionEnd:
    """One end of a section, as its settings name it.

    Attributes:
        camera_id: where.
        line: the counting line there; None for the middle of the view.
        direction: over the line; None for both.
        line_error_m: one standard error of the vehicle's place when it crosses.
    """

    camera_id: str
    line: str | None
    direction: Direction | None
    line_error_m: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """When a passage began and ended, in UTC and in media time."""

    started_at: datetime
    ended_at: datetime
    start_pts_ns: int
    end_pts_ns: int

    @property
    def duration_s(self) -> float:
        """By media time."""
        return (self.end_pts_ns - self.start_pts_ns) / 1e9

    @property
    def jump_s(self) -> float:
        """How far the UTC clock was set meanwhile."""
        jump_s = abs((self.ended_at - self.started_at).total_seconds() - self.duration_s)
        return jump_s if jump_s > LABEL_STEP_S else 0.0

    def at(self, pts_ns: int) -> datetime:
        """UTC of a media time, by the label of the first observation."""
        return self.started_at + timedelta(microseconds=(pts_ns - self.start_pts_ns) // 1000)


def moment_at(end: SectionEnd, stretch: Stretch, crossings: Sequence[LineCrossing]) -> Moment | None:
    """When the passage was at the section's end; None where it never crossed the end's line in its direction."""
    if end.line is None:
        middle = (stretch.start_pts_ns + stretch.end_pts_ns) // 2
        error_s = math.hypot(stretch.duration_s / RECTANGLE, stretch.jump_s)
        return Moment(stretch.at(middle), middle, error_s, 0.0)
    crossed = [
        crossing.pts_ns
        for crossing in crossings
        if crossing.line == end.line and end.direction in (None, crossing.direction)
    ]
    if not crossed:
        return None
    return Moment(stretch.at(min(crossed)), min(crossed), stretch.jump_s, end.line_error_m)
