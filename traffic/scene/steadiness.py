"""Whether one speed describes a stretch: the speeds of its parts, each by a median that boxes that jumped hardly move.

The speed of a part is the median of the slopes between each observation and the one half a part later: Theil's
estimator (1950) over fewer pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array

PARTS = 4
SMALLEST_PART = 3
"""Observations."""
STEADY_SHARE = 0.05
"""A part's speed may depart so far from the whole's, as a share, before the whole counts as unsteady."""
STANDARD_ERRORS = 3.0
"""And by so many of the part's own standard errors, from the noise that is promised or seen, whichever is more."""
MEDIAN_OF_NORMAL = 0.6745
"""Half of what is normally distributed is nearer to its mean than so many standard deviations."""
END_S = 0.5
"""The lines at the ends are this long."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A path along the direction of travel: seconds (n,), metres (n,) and the metres' standard deviations (n,)."""

    seconds: Float64Array
    metres: Float64Array
    sigma: Float64Array


def unsteadiness_mps(line: Line, speed_mps: float) -> float:
    """By how much the speed of a part departs from `speed_mps` beyond what pixel noise explains; 0 where steady."""
    worst, noise = 0.0, max(_noise(line), 1.0)
    for part in _parts(line):
        allowed = STEADY_SHARE * speed_mps + STANDARD_ERRORS * noise * _slope_error(part)
        worst = max(worst, abs(_slope(part) - speed_mps) - allowed)
    return worst


def covered_m(line: Line) -> float:
    """Metres from where the vehicle was at the first observation to where it was at the last, by a line at each end."""
    before = max(int(np.searchsorted(line.seconds, line.seconds[0] + END_S)), SMALLEST_PART)
    after = min(int(np.searchsorted(line.seconds, line.seconds[-1] - END_S)), len(line.seconds) - SMALLEST_PART)
    first, last = _piece(line, slice(before)), _piece(line, slice(after, None))
    return abs(_position(last, float(line.seconds[-1])) - _position(first, float(line.seconds[0])))


def _parts(line: Line) -> list[Line]:
    """Each reaches into the next one by half, so that nothing falls between two."""
    count = max(min(PARTS, len(line.seconds) // SMALLEST_PART), 1)
    size = len(line.seconds) // count
    starts = np.linspace(0, len(line.seconds) - size, 2 * count - 1).astype(int)
    return [_piece(line, slice(start, start + size)) for start in starts]


def _piece(line: Line, which: slice) -> Line:
    return Line(line.seconds[which], line.metres[which], line.sigma[which])


def _noise(line: Line) -> float:
    """The noise between neighbours, as a share of what `sigma` promises: hardly any braking shows in three of them."""
    before, now, after = line.seconds[:-2], line.seconds[1:-1], line.seconds[2:]
    share = (after - now) / (after - before)
    strays = np.abs(line.metres[1:-1] - share * line.metres[:-2] - (1 - share) * line.metres[2:])
    promised = line.sigma[1:-1] * np.sqrt(1 + share**2 + (1 - share) ** 2)
    return float(np.median(strays / promised)) / MEDIAN_OF_NORMAL


def _slope(part: Line) -> float:
    half = len(part.seconds) // 2
    rise, run = part.metres[half:] - part.metres[:-half], part.seconds[half:] - part.seconds[:-half]
    return float(np.median(rise / run))


def _slope_error(part: Line) -> float:
    """Of the median of about n / 2 slopes, each over half the part: sqrt(pi / 2) is the median's loss."""
    count, seconds = len(part.seconds), float(part.seconds[-1] - part.seconds[0])
    one_slope = math.sqrt(2) * float(np.sqrt(np.mean(part.sigma**2))) / (seconds / 2)
    return one_slope * math.sqrt(math.pi / 2) / math.sqrt(count / 2)


def _position(part: Line, seconds: float) -> float:
    return float(np.median(part.metres + _slope(part) * (seconds - part.seconds)))
