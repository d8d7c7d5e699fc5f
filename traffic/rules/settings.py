"""Which rules hold for a camera, and how strictly."""

from __future__ import annotations

from pydantic import Field

from traffic.settings import Settings


class SpeedingSettings(Settings):
    """The speed limit."""

    limit_kmh: float = Field(gt=0, le=300)
    """What the sign says, km/h."""
    tolerance_kmh: float = Field(default=0.0, ge=0)
    """Km/h above the limit that are let pass."""
    standard_errors: float = Field(default=3.0, ge=0)
    """How sure to be: the speed less this many standard errors must still be above limit and tolerance."""


class WrongWaySettings(Settings):
    """Driving against the direction of a lane."""

    minimum_distance_m: float = Field(default=10.0, gt=0)
    """Metres against the lane's direction before it counts, where the camera is calibrated."""
    minimum_distance_heights: float = Field(default=3.0, gt=0)
    """The same in heights of the vehicle's box, where it is not."""


class RulesSettings(Settings):
    """The rules of one camera; one that is left out is not judged."""

    speeding: SpeedingSettings | None = None
    """The speed limit; needs `scene.road`."""
    wrong_way: WrongWaySettings | None = None
    """Driving against a lane's direction; needs `scene.lanes`."""
