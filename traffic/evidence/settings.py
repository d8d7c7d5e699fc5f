"""Where evidence pictures go."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from traffic.settings import Settings


class EvidenceSettings(Settings):
    """The evidence folder."""

    folder: Path = Path("data/evidence")
    """Where the pictures go, as `camera/YYYY-MM-DD/violation.jpg` with the UTC date of the violation."""
    jpeg_quality: int = Field(default=92, ge=50, le=100)
    """100 keeps the most, and takes three times the space of 92."""
    minimum_free_mb: int = Field(default=500, ge=0)
    """`traffic check` refuses a disk with less free space than this, in megabytes of 10^6 bytes."""
