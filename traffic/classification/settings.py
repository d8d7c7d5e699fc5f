"""Whether types and colours are told, and how often a vehicle is looked at."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from traffic.settings import Settings


class ClassifierSettings(Settings):
    """Which model tells types and colours, and how often a vehicle is looked at."""

    model: Path | None = Path("engines/vehicle_classifier.yaml")
    """The model's card, relative to the config file; null: the type is the detector's, colours are not told."""

    minimum_interval_s: float = Field(default=0.2, ge=0)
    """Media time between two looks at one vehicle."""

    maximum_looks: int = Field(default=8, ge=1)
    """Looks at one vehicle at most."""

    looks_alike: int = Field(default=4, ge=1)
    """Looks at most on views of about the same quality: the others are kept for when it is seen better."""

    minimum_vehicle_height_px: float = Field(default=24, gt=0)
    """Vehicles that look smaller are not looked at."""
