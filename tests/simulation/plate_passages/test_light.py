from dataclasses import replace

import numpy as np
import pytest

from traffic.simulation.fleet import design_vehicle
from traffic.simulation.plate_passages.conditions import random_conditions
from traffic.simulation.plate_passages.geometry import hung_plate, placed, watching_camera, without_plates
from traffic.simulation.plate_passages.light import add_plate, road, scattered, vehicle_light

NIGHT = replace(
    random_conditions(np.random.default_rng(4)), daytime="night", light="night", heading=-1, veil=0.1, camera_x_m=0.0
)
DAY = replace(NIGHT, daytime="day", light="day", veil=0.0)


def test_a_plate_lies_where_its_corners_are_and_nowhere_else() -> None:
    light = np.zeros((60, 90, 3), np.float32)
    add_plate(light, np.full((112, 520, 3), 200, np.uint8), np.array([[20.0, 20], [60, 20], [60, 30], [20, 30]]), 0.5)
    assert light[20:30, 20:60] == pytest.approx(100.0, abs=1.5)
    light[20:30, 20:60] = 0
    assert light.max() < 35, "more than a third of a pixel around it"
    light[19:31, 19:61] = 0
    assert light.max() == 0


def test_a_pixel_that_the_plate_half_covers_has_half_its_light() -> None:
    light = np.zeros((60, 90, 3), np.float32)
    add_plate(light, np.full((112, 520, 3), 200, np.uint8), np.array([[20.5, 20], [60, 20], [60, 30], [20.5, 30]]), 1.0)
    assert light[25, 20, 0] == pytest.approx(100.0, abs=35.0)


def test_a_plate_is_drawn_as_one_reads_it() -> None:
    picture = np.full((112, 520, 3), 220, np.uint8)
    picture[:, :130] = 20
    light = np.zeros((60, 90, 3), np.float32)
    add_plate(light, picture, np.array([[20.0, 20], [60, 20], [60, 30], [20, 30]]), 1.0)
    assert light[25, 24, 0] < 60 < light[25, 50, 0]


def test_a_plate_with_hardly_a_pixel_is_left_out() -> None:
    light = np.zeros((60, 90, 3), np.float32)
    add_plate(light, np.full((112, 520, 3), 200, np.uint8), np.array([[200.0, 20], [260, 20], [260, 30], [200, 30]]), 1)
    assert not light.any()


@pytest.mark.parametrize("is_night", [True, False])
def test_lamps_shine_by_night_alone(is_night: bool) -> None:
    seen = NIGHT if is_night else DAY
    design = design_vehicle("car", np.random.default_rng(2))
    plate = hung_plate(design, (0.52, 0.112), seen)
    vehicle, camera = placed(without_plates(design), plate, seen, 0), watching_camera(seen)
    ground = road((camera.width, camera.height), seen, np.random.default_rng(0))
    light = vehicle_light(ground, vehicle, camera, seen)
    brightest = light.max()
    shining = scattered(light, vehicle, camera, 24.0, seen).max()
    assert (shining > 1.5 * brightest) == is_night


def test_the_road_is_darker_by_night() -> None:
    day, night = (road((64, 48), seen, np.random.default_rng(0)) for seen in (DAY, NIGHT))
    assert day.shape == night.shape == (48, 64, 3)
    assert night.mean() < 0.5 * day.mean()


def test_the_vehicle_is_drawn_without_a_plate() -> None:
    design = design_vehicle("car", np.random.default_rng(2))
    assert design.mesh.plates
    assert not without_plates(design).mesh.plates
