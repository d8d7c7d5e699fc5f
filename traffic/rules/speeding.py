"""Faster than the limit."""

from __future__ import annotations

from traffic.datatypes import Fact, Passage, Violation
from traffic.rules.rule import violation
from traffic.rules.settings import SpeedingSettings

NAME = "speeding"
KMH_PER_MPS = 3.6


class Speeding:
    """Broken when the speed, less so many standard errors, is still above limit and tolerance."""

    def __init__(self, settings: SpeedingSettings) -> None:
        self._settings = settings

    def judge(self, passage: Passage) -> Violation | None:
        """See Rule.judge; the moment is the end of the measured stretch."""
        speed = passage.speed
        if speed is None:
            return None
        limit_mps = self._settings.limit_kmh / KMH_PER_MPS
        tolerance_mps = self._settings.tolerance_kmh / KMH_PER_MPS
        surely_mps = speed.speed_mps - self._settings.standard_errors * speed.standard_error_mps
        if surely_mps <= limit_mps + tolerance_mps:
            return None
        facts = (
            Fact("speed", speed.speed_mps, "m/s"),
            Fact("standard_error", speed.standard_error_mps, "m/s"),
            Fact("limit", limit_mps, "m/s"),
            Fact("tolerance", tolerance_mps, "m/s"),
            Fact("distance", speed.distance_m, "m"),
            Fact("duration", (speed.end_pts_ns - speed.start_pts_ns) / 1e9, "s"),
        )
        return violation(NAME, passage, speed.end_pts_ns, facts)
