import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic.simulation.camera import Camera
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign, design_vehicle
from traffic.simulation.palette import LIGHTS
from traffic.simulation.raster import draw_vehicle, projected_bounds

CAMERA = Camera(640, 384, 560.0, 7.5, 0.28, 0.02, 0.5)
DESIGNS = {
    kind: design_vehicle(kind, np.random.default_rng(1)) for kind in ("car", "van", "bus", "truck", "motorcycle")
}


def _by_hand(vehicle: PlacedVehicle, camera: Camera) -> list[float]:
    """Bounds of all corners, each projected by schoolbook trigonometry."""
    columns, rows = [], []
    for x, y, z in vehicle.design.mesh.vertices:
        across, along, up = x * vehicle.heading + vehicle.x_m - camera.x_m, y * vehicle.heading + vehicle.y_m, z
        turned = np.cos(camera.yaw_rad) * along + np.sin(camera.yaw_rad) * across
        right = np.cos(camera.yaw_rad) * across - np.sin(camera.yaw_rad) * along
        drop = camera.height_m - up
        depth = turned * np.cos(camera.pitch_rad) + drop * np.sin(camera.pitch_rad)
        below = drop * np.cos(camera.pitch_rad) - turned * np.sin(camera.pitch_rad)
        columns.append(camera.width / 2 + camera.focal_px * right / depth)
        rows.append(camera.height / 2 + camera.focal_px * below / depth)
    return [min(columns), min(rows), max(columns), max(rows)]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(DESIGNS)), st.floats(-6, 6), st.floats(15, 120), st.sampled_from([1, -1]))
def test_the_box_bounds_every_projected_corner(kind: str, x: float, y: float, heading: int) -> None:
    vehicle = PlacedVehicle(1, DESIGNS[kind], x, y, heading)
    assert projected_bounds(vehicle, CAMERA) == pytest.approx(_by_hand(vehicle, CAMERA), abs=1e-6)


@pytest.mark.parametrize("kind", sorted(DESIGNS))
@pytest.mark.parametrize("heading", [1, -1])
def test_what_is_drawn_fills_the_box_and_nothing_else(kind: str, heading: int) -> None:
    vehicle = PlacedVehicle(1, DESIGNS[kind], -2.0, 26.0, heading)
    image = np.zeros((384, 640, 3), np.uint8)
    draw_vehicle(image, vehicle, CAMERA, LIGHTS["day"])
    rows, columns = np.nonzero(image.max(axis=2))
    drawn = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert drawn == pytest.approx(list(projected_bounds(vehicle, CAMERA) or ()), abs=1.6)


def test_a_vehicle_behind_the_camera_is_neither_bounded_nor_drawn() -> None:
    vehicle = PlacedVehicle(1, DESIGNS["car"], 0.0, -30.0, 1)
    image = np.zeros((384, 640, 3), np.uint8)
    draw_vehicle(image, vehicle, CAMERA, LIGHTS["day"])
    assert projected_bounds(vehicle, CAMERA) is None
    assert image.max() == 0


def test_a_long_truck_under_the_camera_is_cut_not_mirrored() -> None:
    design: VehicleDesign = design_vehicle("truck", np.random.default_rng(1), "articulated")
    camera = Camera(640, 384, 300.0, 5.0, 0.5)
    vehicle = PlacedVehicle(1, design, 1.0, 2.0, -1)
    image = np.zeros((384, 640, 3), np.uint8)
    draw_vehicle(image, vehicle, camera, LIGHTS["day"])
    bounds = projected_bounds(vehicle, camera)
    assert bounds is not None
    top = int(np.nonzero(image.max(axis=(1, 2)))[0].min())
    assert top == pytest.approx(bounds[1], abs=2)
    assert image[-1].max() > 0
