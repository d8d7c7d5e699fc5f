"""The settings of a scene: where the road, the counting lines, the zones and the lanes lie in a camera's image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

import numpy as np
from pydantic import Field, model_validator

from traffic.datatypes import Float64Array
from traffic.geometry import Homography, self_crossing
from traffic.settings import Settings

Pair = tuple[float, float]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class RoadSettings(Settings):
    """Pairs of points that tie the image to the plane of the road."""

    image_points: tuple[Pair, ...] = Field(min_length=4)
    """At least 4 points on the road's surface, (x, y) in pixels, no three of the first four on a line."""
    ground_points_m: tuple[Pair, ...] = Field(min_length=4)
    """The same points on the ground, in the same order, (x across the road, y along it) in metres."""
    pixel_sigma_px: float = Field(default=1.5, gt=0, le=50)
    """How far the middle of a box's lower edge strays from the true contact point: one standard deviation, pixels."""
    camera_height_m: float | None = Field(default=None, gt=1, le=200)
    """How high the camera hangs above the road, metres. Without it speeds read a little high: a bus's by 4 % under a
    camera at 8 m, because the lower edge of its box is its bumper and not the road."""
    maximum_position_error_m: float = Field(default=2.0, gt=0)
    """Nothing is measured so far away that `pixel_sigma_px` comes to more than this on the road, metres."""
    scale_error: float = Field(default=0.01, ge=0, lt=0.5)
    """How far the surveyed lengths may be off: one standard deviation, as a share; 0.01 is 1 %."""

    @model_validator(mode="after")
    def _fits(self) -> RoadSettings:
        if len(self.image_points) != len(self.ground_points_m):
            raise ValueError(
                f"expected as many ground points as image points, got {len(self.ground_points_m)} "
                f"and {len(self.image_points)}"
            )
        Homography.fit(as_points(self.image_points), as_points(self.ground_points_m))
        return self


class LineSettings(Settings):
    """A counting line."""

    name: Name
    """What the line is called in the records."""
    points: tuple[Pair, Pair]
    """Its two ends, (x, y) in pixels; drawn from left to right, it is crossed forward by what moves down the image."""
    hysteresis_px: float = Field(default=8.0, ge=0)
    """A vehicle counts only when it has come from at least this far before the line to this far behind it, pixels."""

    @model_validator(mode="after")
    def _has_length(self) -> LineSettings:
        if self.points[0] == self.points[1]:
            raise ValueError(f"line {self.name!r}: expected two different ends, got {self.points[0]} twice")
        return self


class ZoneSettings(Settings):
    """An area of the image."""

    name: Name
    """What the zone is called."""
    points: tuple[Pair, ...] = Field(min_length=3)
    """Its corners in order, (x, y) in pixels; the last is joined to the first."""

    @model_validator(mode="after")
    def _encloses(self) -> ZoneSettings:
        check_polygon(self.name, self.points)
        return self


class LaneSettings(ZoneSettings):
    """A lane: an area of the image with the direction that is allowed in it."""

    direction: tuple[Pair, Pair]
    """An arrow in the image along the allowed direction: where it starts and where it ends, (x, y) in pixels."""

    @model_validator(mode="after")
    def _has_direction(self) -> LaneSettings:
        if self.direction[0] == self.direction[1]:
            raise ValueError(f"lane {self.name!r}: expected an arrow with two different ends, got a point")
        return self


class LowerEdgeSettings(Settings):
    """How high above the road the lower edge of a vehicle's box lies, by type, metres.

    It lies on the wheels where they show, and on the bumper where its overhang hides them.
    """

    car: float = Field(default=0.05, ge=0, le=1)
    """Cars show their wheels."""
    van: float = Field(default=0.10, ge=0, le=1)
    """Vans nearly do."""
    pickup: float = Field(default=0.05, ge=0, le=1)
    """Pickups show their wheels."""
    bus: float = Field(default=0.30, ge=0, le=1)
    """Buses have a long overhang."""
    truck: float = Field(default=0.25, ge=0, le=1)
    """Trucks have a high bumper."""
    articulated_truck: float = Field(default=0.25, ge=0, le=1)
    """And so have those with a trailer."""
    motorcycle: float = Field(default=0.0, ge=0, le=1)
    """Motorcycles stand on their wheels."""


class SpeedSettings(Settings):
    """What a stretch must have before a speed is told from it."""

    zone: str | None = None
    """Name of the zone to measure in; everywhere on the calibrated road if none."""
    minimum_length_m: float = Field(default=8.0, gt=0)
    """Metres on the road."""
    minimum_duration_s: float = Field(default=0.3, gt=0)
    """Seconds of media time."""
    minimum_observations: int = Field(default=6, ge=5)
    """Boxes that are whole, on the near side of the horizon and in the zone."""
    border_margin_px: float = Field(default=2.0, ge=0)
    """A box nearer than this to the frame's border may be cut by it and is left out, pixels."""
    lower_edge_m: LowerEdgeSettings = LowerEdgeSettings()
    """Corrected for where `road.camera_height_m` is known."""


class SceneSettings(Settings):
    """What one camera looks at."""

    road: RoadSettings | None = None
    """The calibration; without it there are no speeds."""
    lines: tuple[LineSettings, ...] = ()
    """Counting lines."""
    zones: tuple[ZoneSettings, ...] = ()
    """Areas that other settings name."""
    lanes: tuple[LaneSettings, ...] = ()
    """Lanes with their allowed directions."""
    speed: SpeedSettings = SpeedSettings()
    """How speed is measured."""

    @model_validator(mode="after")
    def _is_consistent(self) -> SceneSettings:
        for kind, things in (("lines", self.lines), ("zones", self.zones), ("lanes", self.lanes)):
            _check_unique(kind, things)
        zones = [zone.name for zone in self.zones]
        if self.speed.zone is not None and self.speed.zone not in zones:
            raise ValueError(f"speed.zone: expected one of the zones {zones}, got {self.speed.zone!r}")
        return self


def as_points(pairs: Sequence[Pair]) -> Float64Array:
    """Points from the settings as (n, 2) float64."""
    return np.array(pairs, np.float64).reshape(-1, 2)


def check_polygon(name: str, points: Sequence[Pair]) -> None:
    """Refuse a polygon that crosses itself or encloses nothing.

    Raises:
        ValueError: names the corners at fault, counted from 1.
    """
    if crossing := self_crossing(points):
        first, second = crossing
        raise ValueError(
            f"{name!r}: expected corners in order around the area, got the edge after corner {first + 1} crossing "
            f"the edge after corner {second + 1}"
        )
    x, y = as_points(points).T
    if abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) < 2:
        raise ValueError(f"{name!r}: expected an area of at least one square pixel, got corners on one line")


def _check_unique(kind: str, things: Sequence[_Named]) -> None:
    names = [thing.name for thing in things]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{kind}: expected every name once, got {repeated} more than once")
