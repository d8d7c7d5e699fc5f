import numpy as np

from traffic.simulation.plate_passages.conditions import PLATE_HEIGHTS_PX, log_uniform, random_conditions

DRAWN = [random_conditions(np.random.default_rng(seed)) for seed in range(300)]


def test_day_and_night_both_directions_and_all_speeds_come() -> None:
    nights = sum(each.daytime == "night" for each in DRAWN)
    assert 110 < nights < 190
    assert {each.heading for each in DRAWN} == {1, -1}
    speeds = [each.speed_kmh for each in DRAWN]
    assert min(speeds) < 25
    assert max(speeds) > 115
    assert all(20 <= speed <= 120 for speed in speeds)


def test_the_shutter_is_open_longer_by_night_than_by_day() -> None:
    by_day = [each.exposure_s for each in DRAWN if each.daytime == "day"]
    by_night = [each.exposure_s for each in DRAWN if each.daytime == "night"]
    assert max(by_day) <= 1 / 800
    assert max(by_night) <= 1 / 250
    assert np.median(by_night) > 2 * np.median(by_day)


def test_only_night_pictures_are_infrared() -> None:
    assert {each.daytime for each in DRAWN if each.is_monochrome} == {"night"}


def test_a_height_may_be_given() -> None:
    assert random_conditions(np.random.default_rng(1), 17.0).plate_height_px == 17.0
    low, high = PLATE_HEIGHTS_PX
    assert all(low <= each.plate_height_px <= high for each in DRAWN)


def test_metres_a_second() -> None:
    assert all(abs(each.speed_mps * 3.6 - each.speed_kmh) < 1e-9 for each in DRAWN)


def test_log_uniform_is_as_often_below_as_above_the_geometric_mean() -> None:
    rng = np.random.default_rng(3)
    below = sum(log_uniform(rng, 10.0, 40.0) < 20.0 for _ in range(1000))
    assert 440 < below < 560
