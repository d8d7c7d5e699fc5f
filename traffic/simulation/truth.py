"""The truth of a simulated scene as a file: what a perfect system would report.

Boxes are (x1, y1, x2, y2) pixels, x2 and y2 exclusive; image points are (x, y) pixels; road points are (x, y)
metres, x across to the right and y along the road away from the camera.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

Point = tuple[float, float]
Box = tuple[float, float, float, float]
ViolationName = Literal["speeding", "wrong_way"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoadPoint(_Record):
    """A point of the road surface: where it is in the image and where on the road."""

    image: Point
    metres: Point


class LaneTruth(_Record):
    """A lane: its outline in the image and the allowed direction, +1 away from the camera, -1 toward it."""

    name: str
    polygon: tuple[Point, ...]
    direction: int


class VehicleTruth(_Record):
    """One vehicle. `speed_mps` is its speed when its ground point crosses the counting line at `crossing_pts_ns`;
    the frame indices are the first and last frame in which it is to be seen, None if it never is.
    """

    vehicle_id: int
    vehicle_type: str
    body: str
    colour: str
    plate: str
    lane: str
    direction: int
    speed_mps: float
    acceleration_mps2: float
    first_frame: int | None
    last_frame: int | None
    crossing_pts_ns: int
    violations: tuple[ViolationName, ...]


class VehicleInFrame(_Record):
    """One vehicle in one frame: `xyxy` bounds the part inside the frame, hidden or not; `ground_m` is the middle of
    the end that faces the camera, on the road.
    """

    vehicle_id: int
    xyxy: Box
    visible_fraction: float
    ground_m: Point


class FrameTruth(_Record):
    """One frame at its media time."""

    pts_ns: int
    vehicles: tuple[VehicleInFrame, ...]


class SceneTruth(_Record):
    """Everything that is to be known of a recording of a simulated scene."""

    schema_version: Literal[1] = 1
    width: int
    height: int
    fps: float
    seed: int
    recorded_at: datetime
    speed_limit_kmh: float
    road_points: tuple[RoadPoint, ...]
    lanes: tuple[LaneTruth, ...]
    counting_line: tuple[Point, Point]
    measure_zone: tuple[Point, ...]
    vehicles: tuple[VehicleTruth, ...]
    frames: tuple[FrameTruth, ...]

    def to_json(self) -> str:
        """The truth as JSON text."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> SceneTruth:
        """Read what to_json wrote.

        Raises:
            pydantic.ValidationError: the text is not a truth of this schema version.
        """
        return cls.model_validate_json(text)

    @classmethod
    def load(cls, path: Path) -> SceneTruth:
        """Read a truth file."""
        return cls.from_json(path.read_text(encoding="utf-8"))
