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
        alike: attempts on views of about the same quality at most, in a row.
        rest_s: media time after which one more such attempt is due, twice as long after each; None: none is.
    """

    interval_s: float
    maximum: int
    alike: int
    rest_s: float | None = None


class Pace:
    """Counts attempts on one vehicle, and tells when the next is due.

    A vehicle that comes nearer is tried again and again on better views, and one that drives away only while it is
    seen about as well as ever: so attempts are not spent on the far end of its way. One that stands is tried in longer
    and longer intervals.
    """

    def __init__(self, limits: PaceLimits) -> None:
        self._limits = limits
        self._rests = 0
        self._made = self._alike = 0.0
        self._quality = 0.0
        self._last_pts_ns: int | None = None

    def is_due(self, pts_ns: int, quality: float) -> bool:
        """Whether an attempt may be made on a view of this quality (above 0) at media time `pts_ns`."""
        if self._last_pts_ns is None:
            return self._limits.maximum > 0
        if self._made >= self._limits.maximum or quality * BETTER < self._quality:
            return False
        waited_ns = pts_ns - self._last_pts_ns
        if waited_ns < round(self._limits.interval_s * NANOSECONDS):
            return False
        if self._is_better(quality) or self._alike < self._limits.alike:
            return True
        return self._limits.rest_s is not None and waited_ns >= self._limits.rest_s * 2**self._rests * NANOSECONDS

    def count(self, pts_ns: int, quality: float, *, worth: float = 1.0, cost: float = 1.0) -> None:
        """An attempt was made, worth so much (0..1) of one on something well seen, and so much of what may be spent."""
        self._made += cost
        self._last_pts_ns = pts_ns
        if self._is_better(quality):
            self._quality, self._alike, self._rests = quality, 0.0, 0
        elif self._alike >= self._limits.alike:
            self._rests += 1
        self._alike += worth

    def _is_better(self, quality: float) -> bool:
        return quality >= BETTER * self._quality
