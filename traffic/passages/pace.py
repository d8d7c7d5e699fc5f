"""How often something is done with one vehicle, and in which of its frames."""

from __future__ import annotations

from dataclasses import dataclass

NANOSECONDS = 1_000_000_000
BETTER = 1.5
"""A view is better than an earlier one when its quality is so many times as high, and worse the other way round."""


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """How often.

    Attributes:
        interval_s: media time between two attempts at least.
        maximum: attempts at most.
        alike: attempts on views of about the same quality at most.
    """

    interval_s: float
    maximum: int
    alike: int


class Pace:
    """Counts attempts on one vehicle, and tells when the next is due.

    A vehicle that comes nearer is tried again and again on better views, and one that drives away only while it is
    seen about as well as ever: so attempts are not spent on the far end of its way.
    """

    def __init__(self, limits: PaceLimits) -> None:
        self._limits = limits
        self._made = self._alike = 0
        self._quality = 0.0
        self._last_pts_ns: int | None = None

    def is_due(self, pts_ns: int, quality: float) -> bool:
        """Whether an attempt may be made on a view of this quality (above 0) at media time `pts_ns`."""
        if self._last_pts_ns is None:
            return self._limits.maximum > 0
        if self._made >= self._limits.maximum or quality * BETTER < self._quality:
            return False
        if pts_ns - self._last_pts_ns < round(self._limits.interval_s * NANOSECONDS):
            return False
        return self._is_better(quality) or self._alike < self._limits.alike

    def count(self, pts_ns: int, quality: float) -> None:
        """An attempt was made."""
        self._made += 1
        self._last_pts_ns = pts_ns
        if self._is_better(quality):
            self._quality, self._alike = quality, 0
        self._alike += 1

    def _is_better(self, quality: float) -> bool:
        return quality >= BETTER * self._quality
