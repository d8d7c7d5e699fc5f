"""The seam to a plate reader, and which crops it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import Field

from traffic.datatypes import Frame, PlateReading
from traffic.settings import Settings

NANOSECONDS = 1_000_000_000


class PlateSettings(Settings):
    """How often the plate of a vehicle is read."""

    minimum_interval_s: float = Field(default=0.1, ge=0)
    """Media time between two readings of one vehicle."""

    maximum_readings: int = Field(default=12, ge=1)
    """Readings of one vehicle at most."""

    minimum_vehicle_height_px: float = Field(default=48, gt=0)
    """Vehicles that look smaller are not read: the plate would have too few pixels."""

    certain_probability: float = Field(default=0.95, gt=0, le=1)
    """Reading stops when a plate with two agreeing readings is at least this probable."""


@dataclass(frozen=True, slots=True, eq=False)
class VehicleCrop:
    """A vehicle in a frame, to be searched for its plate: the frame and the vehicle's box in it, (x1, y1, x2, y2)."""

    frame: Frame
    xyxy: tuple[float, float, float, float]


class PlateReader(Protocol):
    """Finds and reads plates."""

    def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
        """The plate of each crop, None where none is legible; boxes in the frame's pixels."""
        ...


class NoPlateReader:
    """Stands where no model is installed: reads nothing, and the run says so once at its start."""

    def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
        """None for each crop."""
        return [None] * len(crops)
