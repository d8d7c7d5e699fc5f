"""The average speed over a section and its uncertainty.

    v = (D + p1 + p2) / (T + c + t1 + t2)

D is the surveyed distance and T the difference of the two UTC moments; the corrections p (where the vehicle was at
either moment), c (the difference of the two clocks) and t (when either moment was) are 0 with standard uncertainties
u. For products of powers the law of propagation gives relative variances that add up (JCGM 100:2008, Guide to the
Expression of Uncertainty in Measurement, 5.1.2 and 5.1.6, equation 12):

    (u(v) / v)^2 = (u(D)^2 + u(p1)^2 + u(p2)^2) / D^2 + (u(c)^2 + u(t1)^2 + u(t2)^2) / T^2

The formula is linear in the times where v is not. What it leaves out favours the driver: `v - k u(v)` lies below the
speed that a time longer by k standard uncertainties gives, v / (1 + k u(T) / T), since 1 - x < 1 / (1 + x).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from traffic.sections.passage import Moment
from traffic.sections.settings import SectionSettings


@dataclass(frozen=True, slots=True)
class AverageSpeed:
    """The average speed between the ends of a section.

    Attributes:
        distance_m: the section's.
        duration_s: between the two moments, > 0.
        speed_mps: their quotient.
        standard_error_mps: one standard uncertainty of it.
    """

    distance_m: float
    duration_s: float
    speed_mps: float
    standard_error_mps: float

    def surely_mps(self, standard_errors: float) -> float:
        """What the speed is at least, that many standard errors below its estimate."""
        return self.speed_mps - standard_errors * self.standard_error_mps


def average_speed(entry: Moment, exit_: Moment, section: SectionSettings) -> AverageSpeed:
    """The average speed between two moments, the exit's later than the entry's.

    Raises:
        ValueError: it is not later.
    """
    duration_s = (exit_.at - entry.at).total_seconds()
    if duration_s <= 0:
        raise ValueError(f"expected the exit after the entry at {entry.at}, got {exit_.at}")
    length_m = math.hypot(section.distance_error_m, entry.position_error_m, exit_.position_error_m)
    time_s = math.hypot(section.clock_error_s, entry.error_s, exit_.error_s)
    speed_mps = section.distance_m / duration_s
    error_mps = speed_mps * math.hypot(length_m / section.distance_m, time_s / duration_s)
    return AverageSpeed(section.distance_m, duration_s, speed_mps, error_mps)
