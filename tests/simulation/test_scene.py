"""The short scene, judged from its truth alone."""

from dataclasses import replace

import numpy as np
import pytest

from traffic.simulation.scene import Scene, build_scene
from traffic.simulation.spec import Timing, short_spec
from traffic.simulation.truth import SceneTruth, VehicleTruth

LONGEST_OVERHANG_M = 3.0


def _ground_track(truth: SceneTruth, vehicle: VehicleTruth) -> np.ndarray:  # type: ignore[type-arg]
    """(n, 3): seconds, x and y of every frame that lists the vehicle."""
    rows = [
        (frame.pts_ns * 1e-9, *seen.ground_m)
        for frame in truth.frames
        for seen in frame.vehicles
        if seen.vehicle_id == vehicle.vehicle_id
    ]
    return np.array(rows)


def test_the_track_on_the_ground_has_the_stated_speed_and_direction(truth: SceneTruth) -> None:
    for vehicle in truth.vehicles:
        seconds, _, along = _ground_track(truth, vehicle).T
        velocity = np.polyfit(seconds, along, 1)[0]
        assert abs(velocity) == pytest.approx(vehicle.speed_mps, rel=1e-9)
        assert np.sign(velocity) == vehicle.direction


def test_an_accelerating_vehicle_has_the_stated_speed_on_the_line() -> None:
    spec = short_spec()
    truth = build_scene(replace(spec, traffic=replace(spec.traffic, acceleration_mps2=0.5))).truth()
    for vehicle in truth.vehicles:
        seconds, _, along = _ground_track(truth, vehicle).T
        bend, slope, offset = np.polyfit(seconds - vehicle.crossing_pts_ns * 1e-9, along, 2)
        assert offset == pytest.approx(spec.line_y_m, abs=1e-6)
        assert slope * vehicle.direction == pytest.approx(vehicle.speed_mps, rel=1e-6)
        assert 2 * bend * vehicle.direction == pytest.approx(vehicle.acceleration_mps2, abs=1e-6)


def test_violations_follow_from_speed_limit_and_lane(truth: SceneTruth) -> None:
    allowed = {lane.name: lane.direction for lane in truth.lanes}
    for vehicle in truth.vehicles:
        expected = set()
        if vehicle.speed_mps * 3.6 > truth.speed_limit_kmh:
            expected.add("speeding")
        if vehicle.direction != allowed[vehicle.lane]:
            expected.add("wrong_way")
        assert set(vehicle.violations) == expected
    broken = sorted(rule for vehicle in truth.vehicles for rule in vehicle.violations)
    assert broken == ["speeding", "wrong_way"]


def test_road_points_calibrate_the_view(scene: Scene, truth: SceneTruth) -> None:
    equations, values = [], []
    for point in truth.road_points:
        (u, v), (x, y) = point.image, point.metres
        equations += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
        values += [x, y]
    matrix = np.append(np.linalg.solve(np.array(equations), np.array(values)), 1.0).reshape(3, 3)
    pixel = scene.spec.camera.ground_pixels(np.array([[2.0, 33.0]]))[0]
    x, y, w = matrix @ np.append(pixel, 1.0)
    assert (x / w, y / w) == pytest.approx((2.0, 33.0), abs=1e-4)


def test_points_lines_and_zones_lie_in_the_frame(truth: SceneTruth) -> None:
    points = [*truth.counting_line, *truth.measure_zone, *(point.image for point in truth.road_points)]
    points += [corner for lane in truth.lanes for corner in lane.polygon]
    assert all(0 <= x <= truth.width and 0 <= y <= truth.height for x, y in points)
    assert all(len(lane.polygon) >= 4 for lane in truth.lanes)


def test_boxes_lie_in_the_frame_and_stand_near_their_ground_point(scene: Scene, truth: SceneTruth) -> None:
    for frame in truth.frames[::20]:
        for seen in frame.vehicles:
            x1, y1, x2, y2 = seen.xyxy
            assert 0 <= x1 < x2 <= truth.width
            assert 0 <= y1 < y2 <= truth.height
            foot_x = scene.spec.camera.ground_pixels(np.array([seen.ground_m]))[0, 0]
            if y2 < truth.height and x1 > 0:
                assert x1 <= foot_x <= x2
                contact_y = scene.spec.camera.ground_metres(np.array([[foot_x, y2]]))[0, 1]
                assert -0.1 <= contact_y - seen.ground_m[1] <= LONGEST_OVERHANG_M


def test_first_and_last_frame_bound_what_is_listed(truth: SceneTruth) -> None:
    for vehicle in truth.vehicles:
        listed = [
            index
            for index, frame in enumerate(truth.frames)
            if any(seen.vehicle_id == vehicle.vehicle_id and seen.visible_fraction > 0 for seen in frame.vehicles)
        ]
        assert (vehicle.first_frame, vehicle.last_frame) == (listed[0], listed[-1])


def test_the_same_seed_gives_the_same_frames(scene: Scene) -> None:
    again = build_scene(short_spec())
    for index in (150, 0, 77):
        assert np.array_equal(scene.render(index), again.render(index))


def test_another_seed_gives_other_frames(scene: Scene) -> None:
    assert not np.array_equal(scene.render(50), build_scene(replace(short_spec(), seed=12)).render(50))


def test_a_frame_is_read_only_bgr(scene: Scene) -> None:
    frame = scene.render(3)
    assert (frame.shape, frame.dtype, frame.flags.writeable) == ((384, 640, 3), np.uint8, False)


def test_a_shaky_camera_changes_the_times_not_the_traffic(truth: SceneTruth) -> None:
    shaky = build_scene(replace(short_spec(), timing=Timing(jitter_ms=25, drop_rate=0.2))).truth()
    assert len(shaky.frames) < len(truth.frames)
    for steady, jittered in zip(truth.vehicles, shaky.vehicles, strict=True):
        assert (steady.plate, steady.crossing_pts_ns) == (jittered.plate, jittered.crossing_pts_ns)
        seconds, _, along = _ground_track(shaky, jittered).T
        assert np.diff(along) / np.diff(seconds) == pytest.approx(steady.speed_mps * steady.direction)
