"""The seam to a plate reader, and which crops it is given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from traffic.datatypes import PlateReading, VehicleCrop
from traffic.settings import Settings

CountryCode = Literal["ru", "kz", "by", "eu", "us", "br"]
"""See traffic.plates.formats.COUNTRIES."""


class PlateSettings(Settings):
    """Which models read plates, and how often the plate of a vehicle is read."""

    locator: Path | None = Path("engines/plate_locator.yaml")
    """The card of the model that finds a plate, relative to the config file; null: plates are not read."""

    reader: Path | None = Path("engines/plate_reader.yaml")
    """The card of the model that reads it; null: plates are not read."""

    consensus: Path | None = Path("engines/plate_consensus.json")
    """The figures that make one plate of many readings, fitted to the reader; null: some that nothing was fitted to."""

    countries: tuple[CountryCode, ...] = Field(default=("ru", "kz", "by", "eu", "us", "br"), min_length=1)
    """Whose plates are expected, the most frequent ones first; eu is any country of Europe."""

    only_known_formats: bool = False
    """A text that fits no format of those countries is never told; else it may be, where the readings insist on it."""

    minimum_quality: float = Field(default=0.05, ge=0, le=1)
    """Plates that can be seen worse, by their size, sharpness, angle and exposure, are not read."""

    maximum_per_second: float | None = Field(default=60.0, gt=0)
    """Vehicles that are searched for a plate and read in a second of media time at most, in equal parts for all
    cameras: where more are due, the most promising come first, and the others are counted. null: no limit."""

    minimum_interval_s: float = Field(default=0.1, ge=0)
    """Media time between two readings of one vehicle."""

    maximum_readings: int = Field(default=24, ge=1)
    """Attempts to read one vehicle at most; one that finds nothing legible counts a quarter."""

    readings_alike: int = Field(default=4, ge=1)
    """Attempts at most in a row on views of about the same quality, a badly seen plate counting less; the others are
    kept for when it is seen better, or for later."""

    minimum_vehicle_width_px: float = Field(default=96, gt=0)
    """Vehicles that look narrower are not read: the plate would have too few pixels."""

    minimum_probability: float = Field(default=0.2, ge=0, le=1)
    """A passage's plate that is less probable is not put on record: it is a guess at something illegible."""

    certain_readings: int = Field(default=4, ge=2)
    """Reading stops when so many readings agree, and the plate is certain (for that, two are enough)."""

    certain_probability: float = Field(default=0.98, gt=0, le=1)
    """From this probability on it is certain."""


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
