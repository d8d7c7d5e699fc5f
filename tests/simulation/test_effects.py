import numpy as np
import pytest

from traffic.simulation.camera import Camera
from traffic.simulation.effects import Sensor, cast_shadows, glare, light_road
from traffic.simulation.fleet import PlacedVehicle, design_vehicle
from traffic.simulation.palette import LIGHTS

CAMERA = Camera(640, 384, 560.0, 7.5, 0.28)
CAR = design_vehicle("car", np.random.default_rng(1))


def _road() -> np.ndarray:  # type: ignore[type-arg]
    return np.full((384, 640, 3), 100, np.uint8)


def test_a_shadow_lies_under_the_vehicle_and_on_the_side_away_from_the_sun() -> None:
    road = _road()
    cast_shadows(road, (PlacedVehicle(1, CAR, 0.0, 25.0, 1),), CAMERA, LIGHTS["day"])
    under, away, sunny, far = CAMERA.ground_pixels(
        np.array([[0.0, 25.0], [1.45, 25.6], [-1.9, 25.0], [0.0, 60.0]])
    ).astype(int)
    assert road[under[1], under[0]].max() < 55
    assert road[away[1], away[0]].max() < 85
    assert road[sunny[1], sunny[0]].min() > 90
    assert (road[far[1], far[0]] == 100).all()


@pytest.mark.parametrize(("daylight", "lit"), [("day", False), ("night", True)])
def test_headlamps_light_the_road_ahead_at_night_only(daylight: str, lit: bool) -> None:
    road = _road()
    light_road(road, (PlacedVehicle(1, CAR, 0.0, 25.0, -1),), CAMERA, LIGHTS[daylight])
    ahead = CAMERA.ground_pixels(np.array([[0.0, 17.0]])).astype(int)[0]
    assert bool(road[ahead[1], ahead[0]].min() > 100) is lit


@pytest.mark.parametrize(("heading", "strongest"), [(1, 2), (-1, 2)])
def test_lamps_glow_at_night(heading: int, strongest: int) -> None:
    road = np.zeros((384, 640, 3), np.uint8)
    glare(road, PlacedVehicle(1, CAR, 0.0, 25.0, heading), CAMERA, LIGHTS["night"])
    brightest = road.reshape(-1, 3)[road.sum(axis=2).argmax()].astype(int)
    assert int(brightest.argmax()) == strongest
    assert (brightest[0] > 100) == (heading < 0)


def test_the_sensor_repeats_itself_and_has_the_noise_asked_for() -> None:
    road = _road()
    first, again, other = (Sensor(640, 384, 4.0, 5).expose(road, index, 1.0) for index in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert float(first.astype(float).std()) == pytest.approx(4.0 * np.hypot(1, 0.6), rel=0.1)


def test_brightness_drifts_by_two_per_cent() -> None:
    sensor = Sensor(640, 384, 0.0, 5)
    means = [float(sensor.expose(_road(), 0, seconds).mean()) for seconds in np.arange(0, 17, 0.5)]
    assert 97.0 <= min(means) < 99.0
    assert 101.0 < max(means) <= 103.0
