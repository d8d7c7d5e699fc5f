"""Driving against a lane: with metres over a calibrated road, and with box heights without one."""

import numpy as np
import pytest
from builders import passage, trajectory
from scene.road_camera import steady, ticks

from traffic.rules.settings import WrongWaySettings
from traffic.rules.wrong_way import WrongWay
from traffic.scene.calibration import Calibration
from traffic.scene.settings import LaneSettings, SceneSettings

DOWN = LaneSettings(
    name="towards us", points=((200, 0), (400, 0), (400, 480), (200, 480)), direction=((300, 50), (300, 400))
)
UP = LaneSettings(name="away", points=((400, 0), (600, 0), (600, 480), (400, 480)), direction=((500, 400), (500, 50)))
UNCALIBRATED = SceneSettings(lanes=(DOWN, UP))


def drive(*ys, x=300, height=40):
    return passage(trajectory([(x - 30, y - height, x + 30, y) for y in ys], frame_size=(640, 480)))


def up_by(total, *, start=400, steps=20):
    return [start - total * i / steps for i in range(steps + 1)]


@pytest.mark.parametrize(
    ("what", "of", "broken"),
    [
        ("drives with the lane", drive(*range(100, 400, 20)), False),
        ("drives five heights against it", drive(*up_by(200)), True),
        ("backs off by two heights only", drive(*up_by(80)), False),
        ("drives with its own lane, which goes up", drive(*up_by(200), x=500), False),
        ("drives down in the lane that goes up", drive(*range(100, 400, 20), x=500), True),
        ("drives beside all lanes", drive(*up_by(200), x=100), False),
        ("drives in, then turns round", drive(*range(100, 400, 20), *up_by(200, start=380)), True),
        ("stands with a trembling box", drive(*([300, 303, 299, 304] * 200)), False),
        ("is seen once", drive(300), False),
        ("is seen twice, far apart", drive(400, 100), False),
        ("has one box that jumped ahead", drive(*range(100, 200, 10), 440, *range(200, 300, 10)), False),
        ("changes over to one behind", drive(*range(200, 380, 10), *range(180, 400, 10)), False),
        ("has one box that jumped back", drive(*range(200, 300, 10), 100, *range(300, 400, 10)), False),
    ],
)
def test_by_box_heights_a_vehicle_that(what, of, broken):
    assert (WrongWay(WrongWaySettings(), UNCALIBRATED).judge(of) is not None) == broken


def test_a_car_in_a_queue_whose_wheels_become_hidden_does_not_go_back():
    lower = [400.0] * 10 + up_by(90, start=400, steps=10) + [310.0] * 10
    hidden = passage(trajectory([(270, 300, 330, y) for y in lower], frame_size=(640, 480)))
    assert WrongWay(WrongWaySettings(minimum_distance_heights=1), UNCALIBRATED).judge(hidden) is None


def test_the_moment_is_the_observation_at_which_the_distance_was_reached():
    told = WrongWay(WrongWaySettings(), UNCALIBRATED).judge(drive(*range(420, 220, -10)))
    assert told.rule == "wrong_way"
    assert told.pts_ns == 13 * 40_000_000
    facts = {fact.name: (fact.value, fact.unit) for fact in told.facts}
    assert facts["distance"] == (pytest.approx(3.0), "box heights")
    assert facts["minimum_distance"] == (3.0, "box heights")
    assert facts["lane"][0] == 1.0


def calibrated(camera):
    """One lane of the road, x from 0 to 4 m, in which one drives towards the camera."""
    corners = camera.project([(0.0, 15.0), (4.0, 15.0), (4.0, 70.0), (0.0, 70.0)]).tolist()
    arrow = camera.project([(2.0, 60.0), (2.0, 20.0)]).tolist()
    lane = LaneSettings(name="in", points=[tuple(c) for c in corners], direction=tuple(map(tuple, arrow)))
    return SceneSettings(road=camera.road(), lanes=(lane,))


@pytest.mark.parametrize(
    ("what", "speed_kmh", "start_m", "seconds", "x_m", "broken"),
    [
        ("comes towards us", 50, 60, 2.5, 2.0, False),
        ("drives away from us at 50 km/h", -50, 20, 2.5, 2.0, True),
        ("backs off by 9 m", -16.2, 20, 2.0, 2.0, False),
        ("backs off by 11 m", -19.8, 20, 2.0, 2.0, True),
        ("drives away in the other lane", -50, 20, 2.5, -2.0, False),
    ],
)
def test_by_metres_a_vehicle_that(camera, what, speed_kmh, start_m, seconds, x_m, broken):
    times = ticks(25, seconds)
    road = steady(times, speed_kmh, start_m=start_m, x_m=x_m)
    seen = camera.drive(times, road, noise_px=1.0)
    told = WrongWay(WrongWaySettings(), calibrated(camera)).judge(passage(seen))
    assert (told is not None) == broken
    if told is not None:
        facts = {fact.name: fact for fact in told.facts}
        assert facts["distance"].unit == "m"
        assert 10 <= facts["distance"].value < 11
        assert told == WrongWay(WrongWaySettings(), calibrated(camera)).judge(passage(seen))


@pytest.mark.parametrize("fps", [5, 12.5, 25])
@pytest.mark.parametrize("speed_kmh", [0, 20, 50, 90])
@pytest.mark.parametrize("behind_m", [8, 10, 12, 15, 25, 40])
def test_a_track_that_changes_over_to_the_vehicle_behind_breaks_no_rule(camera, fps, speed_kmh, behind_m):
    times = ticks(fps, 2.0)
    road = steady(times, speed_kmh, start_m=68 - behind_m)
    road[len(times) // 3 :, 1] += behind_m
    for seed in range(3):
        seen = camera.drive(times, np.maximum(road, 13.0) * [0, 1] + [2.0, 0], noise_px=1.0, seed=seed)
        assert WrongWay(WrongWaySettings(), calibrated(camera)).judge(passage(seen)) is None


@pytest.mark.parametrize("fps", [5, 12.5, 25, 50])
@pytest.mark.parametrize("speed_kmh", [15, 50, 90, 130])
def test_those_who_drive_the_wrong_way_are_found_at_any_speed_and_frame_rate(camera, fps, speed_kmh):
    times = ticks(fps, min(53 / speed_kmh * 3.6, 8))
    for seed in range(5):
        seen = camera.drive(times, steady(times, -speed_kmh, start_m=16, x_m=2.0), noise_px=1.0, seed=seed)
        told = WrongWay(WrongWaySettings(), calibrated(camera)).judge(passage(seen))
        assert told is not None
        facts = {fact.name: fact.value for fact in told.facts}
        assert facts["distance"] >= 10
        assert facts["duration"] >= 0.5
        assert facts["distance"] / facts["duration"] == pytest.approx(speed_kmh / 3.6, rel=0.3)


def test_a_car_far_away_whose_box_trembles_is_not_accused(camera):
    times = ticks(25, 20)
    scene = calibrated(camera)
    long = scene.lanes[0].model_copy(
        update={"points": ((0.0, 245.0), (1920.0, 245.0), (1920.0, 1000.0), (0.0, 1000.0))}
    )
    seen = camera.drive(times, np.tile([2.0, 180.0], (len(times), 1)), noise_px=1.5)
    swing_m = np.ptp(Calibration(scene.road).locate(seen.ground_points).metres[:, 1])
    assert swing_m > 20
    assert WrongWay(WrongWaySettings(), scene.model_copy(update={"lanes": (long,)})).judge(passage(seen)) is None


def test_the_sliver_of_a_car_that_leaves_is_left_out():
    boxes = [(270, 476 - back, 330, 480 - back) for back in (0, 0, 0.5, 1, 1.5, 1.5)]
    sliver = trajectory(boxes, frame_size=(640, 480))
    assert WrongWay(WrongWaySettings(minimum_distance_heights=0.1), UNCALIBRATED).judge(passage(sliver)) is None


def test_an_arrow_into_the_sky_is_refused(camera):
    lane = LaneSettings(name="sky", points=DOWN.points, direction=((960, 900), (960, 10)))
    with pytest.raises(ValueError, match="beyond the horizon"):
        WrongWay(WrongWaySettings(), SceneSettings(road=camera.road(), lanes=(lane,)))
