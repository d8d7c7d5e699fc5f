"""The oracle is the pinhole's own law: size in pixels = focal length x size / distance."""

from dataclasses import replace

import numpy as np
import pytest

from traffic.simulation.fleet import design_vehicle
from traffic.simulation.plate_passages.conditions import Conditions, random_conditions
from traffic.simulation.plate_passages.geometry import (
    FPS,
    GRID_PX,
    cutout,
    frame_numbers,
    hung_plate,
    placed,
    watching_camera,
    way,
    without_plates,
)
from traffic.simulation.raster import projected_bounds


def conditions(**changes: float) -> Conditions:
    base = random_conditions(np.random.default_rng(4))
    wanted = {"askew_deg": 0.0, "camera_x_m": 3.0, "camera_height_m": 6.0, "nearest_m": 20.0, "plate_height_px": 24.0}
    return replace(base, **{**wanted, **changes})


@pytest.mark.parametrize("height", [10.0, 24.0, 60.0])
def test_a_plate_at_the_nearest_point_is_as_high_as_asked_for(height: float) -> None:
    seen = conditions(plate_height_px=height)
    camera = watching_camera(seen)
    distance = np.sqrt(20.0**2 + 3.0**2 + 5.5**2)
    assert camera.focal_px * 0.112 / distance == pytest.approx(height)


@pytest.mark.parametrize("heading", [1, -1])
@pytest.mark.parametrize("kind", ["car", "van", "truck", "bus"])
def test_the_plate_faces_the_camera_at_the_vehicles_end_and_reads_rightwards(kind: str, heading: int) -> None:
    seen = conditions(heading=heading)
    design = design_vehicle(kind, np.random.default_rng(2))
    plate = hung_plate(design, (0.52, 0.112), seen)
    vehicle = placed(without_plates(design), plate, seen, 0)
    bounds = projected_bounds(vehicle, watching_camera(seen))
    assert bounds is not None
    pixels = watching_camera(seen).project(vehicle.to_world(plate))
    assert pixels[1, 0] > pixels[0, 0], "mirrored"
    assert pixels[2, 1] > pixels[1, 1], "upside down"
    assert pixels[:, 1].mean() > (bounds[1] + bounds[3]) / 2, "not low on the vehicle"


def test_a_turned_plate_keeps_its_size() -> None:
    design = design_vehicle("car", np.random.default_rng(2))
    plate = hung_plate(design, (0.4, 0.2), conditions(askew_deg=10.0))
    edges = np.linalg.norm(plate - np.roll(plate, -1, axis=0), axis=1)
    assert edges == pytest.approx([0.4, 0.2, 0.4, 0.2])


@pytest.mark.parametrize(("heading", "ends"), [(1, "nearest first"), (-1, "farthest first")])
def test_a_vehicle_moves_at_its_speed(heading: int, ends: str) -> None:
    seen = conditions(heading=heading, speed_kmh=90.0)
    design = design_vehicle("car", np.random.default_rng(2))
    plate = hung_plate(design, (0.52, 0.112), seen)
    first, later = (placed(design, plate, seen, number).to_world(plate)[:, 1].mean() for number in (0, FPS))
    near, far = way(seen)
    assert first == pytest.approx(near if heading > 0 else far, abs=0.01), ends
    assert later - first == pytest.approx(heading * 25.0)


def test_slow_vehicles_give_no_more_than_the_maximum_and_fast_ones_fewer() -> None:
    assert len(frame_numbers(conditions(speed_kmh=20.0), 12)) == 12
    fast = frame_numbers(conditions(speed_kmh=120.0, plate_height_px=55.0), 12)
    assert 1 <= len(fast) < 6
    near, far = way(conditions(speed_kmh=120.0, plate_height_px=55.0))
    assert fast[-1] / FPS * 120 / 3.6 <= far - near + 1e-9


def test_readings_are_a_tenth_of_a_second_apart_at_least() -> None:
    numbers = frame_numbers(conditions(speed_kmh=110.0), 12)
    assert np.diff(numbers).min() / FPS >= 0.1


def test_a_large_plate_is_followed_only_while_it_is_in_the_frame() -> None:
    seen = conditions(plate_height_px=60.0)
    camera = watching_camera(seen)
    rows = [camera.project(np.array([[0.0, y, 0.5]]))[0, 1] for y in way(seen)]
    assert all(0 < row < camera.height for row in rows)
    assert way(seen)[1] < way(conditions(plate_height_px=12.0))[1]


def test_a_cutout_shows_what_the_whole_frame_shows_there() -> None:
    camera = watching_camera(conditions())
    part = cutout(camera, np.array([700.0, 400.0, 1000.0, 650.0]))
    assert part is not None
    assert part.left % GRID_PX == part.top % GRID_PX == part.width % GRID_PX == part.height % GRID_PX == 0
    point = np.array([[0.3, 25.0, 1.0]])
    assert part.project(point) + np.array([part.left, part.top]) == pytest.approx(camera.project(point))


def test_nothing_is_cut_out_beyond_the_frame() -> None:
    assert cutout(watching_camera(conditions()), np.array([-900.0, 10.0, -500.0, 90.0])) is None
