import numpy as np
import pytest

from traffic.simulation.camera import Camera
from traffic.simulation.fleet import PlacedVehicle, design_vehicle
from traffic.simulation.painter import Painter, far_to_near, view_vehicles
from traffic.simulation.raster import projected_bounds
from traffic.simulation.spec import short_spec

CAMERA = short_spec().camera
CAR = design_vehicle("car", np.random.default_rng(1))
BUS = design_vehicle("bus", np.random.default_rng(1))


def test_a_car_alone_is_seen_whole() -> None:
    car = PlacedVehicle(1, CAR, 0.0, 30.0, 1)
    (view,) = view_vehicles((car,), CAMERA)
    assert view.visible_fraction == pytest.approx(1.0, abs=0.01)
    assert view.xyxy == pytest.approx(projected_bounds(car, CAMERA))


def test_a_car_behind_a_bus_is_partly_hidden_and_the_bus_is_not() -> None:
    car, bus = PlacedVehicle(1, CAR, 0.0, 38.0, 1), PlacedVehicle(2, BUS, 0.0, 27.0, 1)
    hidden, hiding = view_vehicles((car, bus), CAMERA)
    assert hidden.visible_fraction < 0.6
    assert hiding.visible_fraction == pytest.approx(1.0, abs=0.01)
    assert far_to_near((bus, car), CAMERA) == (car, bus)


def test_a_vehicle_half_out_of_the_frame_is_half_visible_and_its_box_ends_at_the_border() -> None:
    camera = Camera(640, 384, 560.0, 7.5, 0.28)
    edge_x = float(camera.ground_metres(np.array([[640.0, 190.0]]))[0, 0])
    y = float(camera.ground_metres(np.array([[640.0, 190.0]]))[0, 1])
    (view,) = view_vehicles((PlacedVehicle(1, CAR, edge_x, y, 1),), camera)
    assert view.xyxy[2] == 640.0
    assert 0.3 < view.visible_fraction < 0.7


def test_a_vehicle_out_of_the_frame_is_not_listed() -> None:
    assert view_vehicles((PlacedVehicle(1, CAR, 60.0, 20.0, 1),), CAMERA) == ()


def test_frames_differ_only_where_vehicles_are() -> None:
    spec = short_spec()
    painter = Painter(spec)
    car = PlacedVehicle(1, CAR, 0.0, 30.0, 1)
    empty, full = (painter.paint(vehicles, 0, 0.0).astype(int) for vehicles in ((), (car,)))
    rows, columns = np.nonzero(np.abs(full - empty).max(axis=2))
    x1, y1, x2, y2 = view_vehicles((car,), spec.camera)[0].xyxy
    assert columns.min() >= x1 - 30
    assert columns.max() <= x2 + 40
    assert rows.min() >= y1 - 15
    assert rows.max() <= y2 + 15
