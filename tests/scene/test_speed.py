"""Speeds that a simulated camera sees, against the speeds that were driven."""

import math

import numpy as np
import pytest
from scene.road_camera import KMH, SECOND, steady, ticks

from traffic.datatypes import Trajectory
from traffic.scene.calibration import Calibration
from traffic.scene.settings import SceneSettings, SpeedSettings, ZoneSettings
from traffic.scene.speed import SpeedMeter, measured_speed

DEFAULT = SpeedSettings()


def meter(camera, *, zones=(), speed=DEFAULT, **road):
    return SpeedMeter(SceneSettings(road=camera.road(**road), zones=zones, speed=speed))


@pytest.mark.parametrize(
    ("what", "speed_kmh", "start_m", "times"),
    [
        ("72 km/h at 25 fps", 72, 50, ticks(25, 1.5)),
        ("72 km/h at 50 fps", 72, 50, ticks(50, 1.5)),
        ("72 km/h at 5 fps", 72, 50, ticks(5, 1.5)),
        ("72 km/h with frames shaken by 12 ms", 72, 50, ticks(25, 1.5, jitter_ms=12)),
        ("72 km/h with 12 % of the frames dropped", 72, 50, ticks(25, 1.5, dropped=0.12)),
        ("72 km/h with half of the frames dropped and shaken", 72, 50, ticks(25, 1.5, dropped=0.5, jitter_ms=15)),
        ("30 km/h at 12.5 fps", 30, 50, ticks(12.5, 3.6)),
        ("160 km/h at 25 fps", 160, 50, ticks(25, 0.67)),
        ("90 km/h away from the camera", -90, 20, ticks(25, 1.2)),
        ("72 km/h an hour into the recording at 29.97 fps", 72, 50, ticks(30000 / 1001, 1.5, start_ns=3600 * SECOND)),
    ],
)
@pytest.mark.parametrize("noise_px", [0.0, 1.5])
def test_speeds_are_right_within_three_percent(camera, what, speed_kmh, start_m, times, noise_px):
    road = steady(times, speed_kmh, start_m=start_m)
    for seed in range(5):
        told = meter(camera).measure(camera.drive(times, road, noise_px=noise_px, seed=seed), "car")
        tolerance = 0.03 if noise_px else 1e-3
        assert told.speed_mps == pytest.approx(abs(speed_kmh) * KMH, rel=tolerance)
        assert (told.start_pts_ns, told.end_pts_ns) == (times[0], times[-1])
        assert told.distance_m == pytest.approx(np.linalg.norm(road[-1] - road[0]), rel=tolerance)


@pytest.mark.parametrize(
    ("what", "direction", "heading_deg"),
    [("along the road", (0, 1), 0), ("towards us", (0, -1), 180), ("aslant", (1, 1), 45), ("across", (-1, 0), -90)],
)
def test_headings(camera, what, direction, heading_deg):
    times = ticks(25, 1.0)
    steps = np.linspace(0, 10, len(times))[:, None] * np.array(direction) / math.hypot(*direction)
    told = meter(camera).measure(camera.drive(times, steps + np.array([0.5, 35.0])), "car")
    assert math.cos(math.radians(told.heading_deg - heading_deg)) == pytest.approx(1.0, abs=1e-4)


def test_the_standard_error_covers_the_true_error(camera):
    times = ticks(25, 1.5)
    road = steady(times, 72, start_m=50)
    told = [
        meter(camera, scale_error=0.0).measure(camera.drive(times, road, noise_px=1.5, seed=s), "car")
        for s in range(200)
    ]
    errors = np.array([each.speed_mps - 20.0 for each in told])
    claimed = np.array([each.standard_error_mps for each in told])
    assert np.mean(np.abs(errors) > 2 * claimed) < 0.06
    assert 0.8 < np.sqrt(np.mean(claimed**2)) / errors.std() < 2.5


def test_errors_that_neighbouring_frames_share_are_not_averaged_away(camera):
    times = ticks(25, 1.5)
    contact = camera.project(steady(times, 72, start_m=50))
    calibration = Calibration(camera.road(scale_error=0.0))

    def errors_and_claims(correlation):
        rng, told = np.random.default_rng(5), []
        for _ in range(150):
            noise = rng.normal(0, 1.5, contact.shape)
            for i in range(1, len(noise)):
                noise[i] = correlation * noise[i - 1] + math.sqrt(1 - correlation**2) * noise[i]
            told.append(measured_speed(times, contact + noise, calibration, SpeedSettings()))
        return np.array([each.speed_mps - 20 for each in told]), np.array([each.standard_error_mps for each in told])

    errors, claimed = errors_and_claims(0.8)
    assert np.mean(np.abs(errors) > 3 * claimed) < 0.05
    assert np.median(claimed) > 1.5 * np.median(errors_and_claims(0.0)[1])


def test_the_standard_error_grows_with_the_residuals_and_keeps_what_the_pixels_promise(camera):
    times = ticks(25, 1.5)
    road = steady(times, 72, start_m=50)

    def claimed(noise_px):
        seen = [camera.drive(times, road, noise_px=noise_px, seed=seed) for seed in range(20)]
        return np.median([meter(camera, scale_error=0.0).measure(each, "car").standard_error_mps for each in seen])

    assert claimed(0.0) == pytest.approx(claimed(0.5), rel=0.5)
    assert claimed(0.0) > 0.02
    assert 2.5 < claimed(6.0) / claimed(1.5) < 6


def test_an_uncertain_survey_widens_the_standard_error(camera):
    times = ticks(25, 1.5)
    seen = camera.drive(times, steady(times, 72, start_m=50))
    assert meter(camera, scale_error=0.05).measure(seen, "car").standard_error_mps == pytest.approx(1.0, rel=0.1)


def test_boxes_that_jumped_hardly_count(camera):
    times = ticks(25, 1.5)
    seen = camera.drive(times, steady(times, 72, start_m=50), noise_px=1.0)
    boxes = seen.xyxy.copy()
    boxes[[9, 20, 31]] += np.array([60, -40, 60, -40], np.float32)
    told = meter(camera).measure(Trajectory(seen.pts_ns.copy(), boxes, seen.frame_size), "car")
    assert told.speed_mps == pytest.approx(20.0, rel=0.03)


def test_a_vehicle_that_brakes_is_told_with_less_certainty(camera):
    times = ticks(25, 2.0)
    seconds = (times - times[0]) / SECOND
    braking = np.stack([np.full(len(times), 1.5), 55 - 20 * seconds + 2.5 * seconds**2], axis=1)
    smooth = meter(camera, scale_error=0.0).measure(
        camera.drive(times, steady(times, 54, start_m=55), noise_px=0.5), "car"
    )
    told = meter(camera, scale_error=0.0).measure(camera.drive(times, braking, noise_px=0.5), "car")
    assert told.standard_error_mps > 3 * smooth.standard_error_mps


def follow(times, speed_of, *, start_m=55.0):
    """Road positions (n, 2) of a vehicle that comes towards us at `speed_of(seconds)`, in steps of a millisecond."""
    seconds = (times - times[0]) / SECOND
    fine = np.arange(0, seconds[-1] + 0.002, 0.001)
    metres = np.concatenate([[0.0], np.cumsum([speed_of(each) * 0.001 for each in fine[:-1]])])
    return np.stack([np.full(len(times), 1.5), start_m - np.interp(seconds, fine, metres)], axis=1)


@pytest.mark.parametrize("fps", [5, 12.5, 25])
@pytest.mark.parametrize(
    ("what", "seconds", "speed_of"),
    [
        ("stops for four seconds at the end", 6, lambda s: 13.0 if s < 2 else 0.0),
        ("stands, then drives off at once", 4.5, lambda s: 0.0 if s < 2 else 15.0),
        ("stops for a second inside", 3.6, lambda s: 0.0 if 1.2 < s < 2.2 else 14.0),
        ("brakes with 7 m/s2", 2.3, lambda s: 17.0 - 7 * s),
        ("waits half a minute inside", 33, lambda s: 0.0 if 1.2 < s < 31.2 else 14.0),
    ],
)
def test_no_rule_can_hold_a_speed_against_a_vehicle_that(camera, what, seconds, speed_of, fps):
    times = ticks(fps, seconds)
    road = follow(times, speed_of)
    driven_m = road[0, 1] - road[-1, 1]
    for seed in range(3):
        told = meter(camera).measure(camera.drive(times, road, noise_px=0.5, seed=seed), "car")
        if told is not None:
            assert told.speed_mps - 3 * told.standard_error_mps < driven_m / seconds
            assert told.standard_error_mps > 0.1 * told.speed_mps
            assert told.distance_m == pytest.approx(driven_m, rel=0.06 if fps > 5 else 0.15)


def test_a_speed_does_not_come_from_a_change_to_the_vehicle_ahead(camera):
    times = ticks(25, 1.5)
    road = steady(times, 54, start_m=55)
    road[20:, 1] -= 8.0
    told = meter(camera).measure(camera.drive(times, road, noise_px=0.5), "car")
    assert told.speed_mps - 3 * told.standard_error_mps < 15


def test_one_stretch_is_measured_where_the_vehicle_was_out_of_sight(camera):
    """At 72 km/h for a second, gone for three seconds (6 m), then for a second and a half at 36 km/h."""
    times = ticks(25, 5.5)
    road = follow(times, lambda s: 20.0 if s < 1 else 2.0 if s < 4 else 10.0, start_m=60)
    seen = camera.drive(times, road)
    kept = np.concatenate([np.arange(25), np.arange(100, len(times))])
    told = meter(camera).measure(Trajectory(seen.pts_ns[kept], seen.xyxy[kept], seen.frame_size), "car")
    assert told.speed_mps == pytest.approx(20, rel=0.002)
    assert told.distance_m == pytest.approx(0.96 * 20, rel=0.005)
    assert (told.start_pts_ns, told.end_pts_ns) == (times[0], times[24])


def test_the_longer_of_two_visits_to_the_zone_is_measured(camera):
    times = ticks(25, 2.4)
    places = [(-4.0, 14.0), (4.0, 14.0), (4.0, 55.0), (0.0, 55.0), (0.0, 44.0), (2.9, 44.0), (2.9, 38.0), (-4.0, 38.0)]
    zone = ZoneSettings(name="notched", points=[tuple(corner) for corner in camera.project(places).tolist()])
    told = meter(camera, zones=(zone,), speed=SpeedSettings(zone="notched")).measure(
        camera.drive(times, steady(times, 72, start_m=60)), "car"
    )
    assert told.distance_m == pytest.approx(37.6 - 14.4, rel=0.03)
    assert told.start_pts_ns - times[0] == 1.12 * SECOND


def test_boxes_cut_by_the_border_are_left_out(camera):
    times = ticks(25, 2.4)
    seen = camera.drive(times, steady(times, 72, start_m=56))
    boxes = np.minimum(seen.xyxy, np.array([1920, 1080, 1920, 1080], np.float32))
    assert (boxes[:, 3] == 1080).sum() == 2
    told = meter(camera).measure(Trajectory(seen.pts_ns.copy(), boxes, seen.frame_size), "car")
    assert told.speed_mps == pytest.approx(20.0, rel=0.002)
    assert told.end_pts_ns == times[boxes[:, 3] < 1078].max()


def test_only_the_zone_is_measured(camera):
    times = ticks(25, 2.0)
    corners = camera.project([(-4.0, 24.5), (4.0, 24.5), (4.0, 40.5), (-4.0, 40.5)]).tolist()
    zone = ZoneSettings(name="measured", points=[tuple(corner) for corner in corners])
    told = meter(camera, zones=(zone,), speed=SpeedSettings(zone="measured")).measure(
        camera.drive(times, steady(times, 72, start_m=60)), "car"
    )
    assert told.distance_m == pytest.approx(40.0 - 24.8, rel=1e-3)
    assert (told.start_pts_ns - times[0], told.end_pts_ns - times[0]) == (SECOND, 1.76 * SECOND)


@pytest.mark.parametrize(
    ("what", "times", "speed_kmh"),
    [
        ("five boxes", ticks(10, 0.4), 120),
        ("four metres", ticks(25, 1.0), 14.4),
        ("a fifth of a second", ticks(50, 0.2), 180),
        ("one box", ticks(25, 0), 72),
        ("standing still", ticks(25, 3), 0),
    ],
)
def test_too_short_a_stretch_tells_no_speed(camera, what, times, speed_kmh):
    assert meter(camera).measure(camera.drive(times, steady(times, speed_kmh, start_m=45), noise_px=0.5), "car") is None


def test_beyond_the_horizon_there_is_no_speed(camera):
    times = ticks(25, 2)
    boxes = np.array([(900, 10, 1000, 60 + i) for i in range(len(times))], np.float32)
    assert meter(camera).measure(Trajectory(times, boxes, camera.frame_size), "car") is None


def test_without_calibration_there_is_no_speed(camera):
    times = ticks(25, 1.5)
    assert SpeedMeter(SceneSettings()).measure(camera.drive(times, steady(times, 72, start_m=50)), "car") is None


def test_the_same_trajectory_gives_the_same_speed_to_the_bit(camera):
    times = ticks(25, 1.5)
    seen = camera.drive(times, steady(times, 72, start_m=50), noise_px=1.5)
    assert meter(camera).measure(seen, "car") == meter(camera).measure(seen, "car")


@pytest.mark.parametrize(
    ("vehicle_type", "bumper_m", "read_without_it"),
    [("car", 0.05, 1.0084), ("truck", 0.25, 1.0435), ("bus", 0.30, 1.0526), ("motorcycle", 0.0, 1.0)],
)
def test_a_bumper_above_the_road_is_not_taken_for_the_road(camera, vehicle_type, bumper_m, read_without_it):
    times = ticks(25, 1.5)
    seen = camera.drive(times, steady(times, 72, start_m=50), above_road_m=bumper_m)
    blind = meter(camera).measure(seen, vehicle_type)
    told = meter(camera, camera_height_m=6.0).measure(seen, vehicle_type)
    assert blind.speed_mps == pytest.approx(20 * read_without_it, rel=1e-3)
    assert told.speed_mps == pytest.approx(20, rel=1e-3)
    assert told.distance_m == pytest.approx(30, rel=0.02)
