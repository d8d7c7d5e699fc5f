"""The average speed and its standard error; the oracle draws lengths and times at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import noon, section
from traffic.sections.passage import Moment
from traffic.sections.speed import average_speed

DRAWS = 200_000


def moment(at_s: float, error_s: float = 0.0, position_error_m: float = 0.0) -> Moment:
    return Moment(noon(at_s), round(at_s * 1e9), error_s, position_error_m)


def test_three_kilometres_in_a_hundred_seconds_are_108_kmh() -> None:
    speed = average_speed(moment(20), moment(120), section(distance_error_m=0, clock_error_s=0))
    assert speed.speed_mps * 3.6 == pytest.approx(108)
    assert (speed.duration_s, speed.standard_error_mps) == (100, 0)


@pytest.mark.parametrize(
    ("distance_error_m", "clock_error_s", "error_s", "position_error_m"),
    [(30, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1.5, 0), (0, 0, 0, 20), (10, 0.5, 1, 5)],
    ids=["the survey", "the clocks", "the moments", "the places", "all of them"],
)
def test_the_standard_error_is_the_spread_of_random_draws(
    distance_error_m: float, clock_error_s: float, error_s: float, position_error_m: float
) -> None:
    chance = np.random.default_rng(7)
    length = 3000 + distance_error_m * chance.standard_normal(DRAWS)
    length += position_error_m * chance.standard_normal((2, DRAWS)).sum(axis=0)
    time = (
        100 + clock_error_s * chance.standard_normal(DRAWS) + error_s * chance.standard_normal((2, DRAWS)).sum(axis=0)
    )
    told = average_speed(
        moment(0, error_s, position_error_m),
        moment(100, error_s, position_error_m),
        section(distance_error_m=distance_error_m, clock_error_s=clock_error_s),
    )
    assert told.standard_error_mps == pytest.approx((length / time).std(), rel=0.02)


@given(st.floats(10, 500), st.floats(0, 20), st.floats(0, 4))
def test_the_lower_bound_favours_the_driver(duration_s: float, clock_error_s: float, standard_errors: float) -> None:
    """It is no faster than what the longest time within the bound gives without any approximation."""
    told = average_speed(moment(0), moment(duration_s), section(distance_error_m=0, clock_error_s=clock_error_s))
    exactly = 3000 / (told.duration_s + standard_errors * clock_error_s)
    assert told.surely_mps(standard_errors) <= exactly * (1 + 1e-12)


@pytest.mark.parametrize("exit_s", [10, 9.5])
def test_nobody_leaves_before_entering(exit_s: float) -> None:
    with pytest.raises(ValueError, match="expected the exit after the entry"):
        average_speed(moment(10), moment(exit_s), section())


def test_worse_moments_make_the_speed_less_sure() -> None:
    good, bad = moment(0), replace(moment(0), error_s=2.0)
    assert average_speed(bad, moment(100), section()).surely_mps(3) < average_speed(
        good, moment(100), section()
    ).surely_mps(3)
