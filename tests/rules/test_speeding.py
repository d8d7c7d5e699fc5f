"""Limit 60 km/h."""

import pytest
from builders import passage

from traffic.datatypes import SpeedEstimate
from traffic.rules.settings import SpeedingSettings
from traffic.rules.speeding import Speeding


def driven(speed_kmh, error_kmh=0.0):
    estimate = SpeedEstimate(speed_kmh / 3.6, error_kmh / 3.6, 180.0, 30.0, 100_000_000, 1_600_000_000)
    return passage(speed=estimate)


@pytest.mark.parametrize(
    ("what", "speed_kmh", "error_kmh", "tolerance_kmh", "standard_errors", "broken"),
    [
        ("at the limit", 60.0, 0.0, 0, 3, False),
        ("a little above", 60.5, 0.0, 0, 3, True),
        ("below", 50.0, 0.1, 0, 3, False),
        ("standing", 0.0, 0.1, 0, 3, False),
        ("above, but not surely", 62.0, 0.7, 0, 3, False),
        ("surely above", 62.2, 0.7, 0, 3, True),
        ("surely enough for a milder rule", 62.0, 0.7, 0, 2, True),
        ("within the tolerance", 79.0, 0.1, 20, 3, False),
        ("above the tolerance, not surely", 81.0, 0.5, 20, 3, False),
        ("above the tolerance", 82.0, 0.5, 20, 3, True),
        ("very fast, measured badly", 150.0, 40.0, 0, 3, False),
    ],
)
def test_speeding(what, speed_kmh, error_kmh, tolerance_kmh, standard_errors, broken):
    rule = Speeding(SpeedingSettings(limit_kmh=60, tolerance_kmh=tolerance_kmh, standard_errors=standard_errors))
    assert (rule.judge(driven(speed_kmh, error_kmh)) is not None) == broken


def test_without_a_speed_nothing_is_judged():
    assert Speeding(SpeedingSettings(limit_kmh=60)).judge(passage()) is None


def test_the_record_in_si_units_at_the_end_of_the_stretch():
    told = Speeding(SpeedingSettings(limit_kmh=54, tolerance_kmh=18)).judge(driven(108, 0.36))
    assert {(fact.name, fact.unit): round(fact.value, 9) for fact in told.facts} == {
        ("speed", "m/s"): 30.0,
        ("standard_error", "m/s"): 0.1,
        ("limit", "m/s"): 15.0,
        ("tolerance", "m/s"): 5.0,
        ("distance", "m"): 30.0,
        ("duration", "s"): 1.5,
    }
    assert (told.rule, told.pts_ns) == ("speeding", 1_600_000_000)


def test_the_same_passage_gives_the_same_violation():
    rule = Speeding(SpeedingSettings(limit_kmh=60))
    assert rule.judge(driven(90, 0.5)) == rule.judge(driven(90, 0.5))
