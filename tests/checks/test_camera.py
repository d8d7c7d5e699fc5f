"""What a check of a camera finds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.events.mosquitto import free_port
from traffic.checks.camera import check_calibration, check_camera, check_rules, check_scene
from traffic.checks.result import CheckResult
from traffic.config import CameraSettings
from traffic.scene.settings import RoadSettings, SceneSettings

FRAME = (640, 384)
INSIDE = ((10.0, 10.0), (600.0, 300.0))
AREA = ((10.0, 10.0), (600.0, 10.0), (600.0, 300.0))
GROUND = ((0.0, 0.0), (5.0, 0.0), (5.0, 20.0), (0.0, 20.0))
ROAD = {"image_points": ((100, 350), (500, 350), (400, 100), (200, 100)), "ground_points_m": GROUND}


def levels(results: Iterable[CheckResult]) -> list[str]:
    return [result.level for result in results]


def scene(**parts: object) -> SceneSettings:
    return SceneSettings.model_validate(parts)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ({}, ["ok"]),
        ({"lines": [{"name": "stop", "points": INSIDE}]}, ["ok"]),
        ({"lines": [{"name": "edge", "points": ((0, 0), (640, 384))}]}, ["ok"]),
        ({"lines": [{"name": "stop", "points": ((10, 10), (1280, 300))}]}, ["error"]),
        ({"lines": [{"name": "stop", "points": ((-5, 10), (1280, 300))}]}, ["error", "error"]),
        ({"zones": [{"name": "z", "points": (*AREA, (10, 700))}]}, ["error"]),
        ({"lanes": [{"name": "l", "points": AREA, "direction": INSIDE}]}, ["ok"]),
        ({"lanes": [{"name": "l", "points": AREA, "direction": ((10, 10), (10, 500))}]}, ["error"]),
        ({"road": ROAD}, ["ok"]),
        ({"road": ROAD | {"image_points": ((-100, 350), (500, 350), (400, 100), (200, 100))}}, ["warning"]),
    ],
)
def test_what_is_drawn_must_lie_in_the_picture(drawn: dict[str, object], expected: list[str]) -> None:
    assert levels(check_scene("north", scene(**drawn), FRAME)) == expected


def test_a_point_outside_is_named_with_its_line_and_the_pictures_size() -> None:
    drawn = scene(lines=[{"name": "stop", "points": ((10, 10), (1280, 300))}])

    (result,) = check_scene("north", drawn, FRAME)

    assert result.name == "camera north: scene"
    assert result.message == "line stop: (1280, 300) is outside the picture of 640x384"
    assert result.remedy


def test_without_a_picture_the_scene_is_not_compared_and_that_is_said() -> None:
    (result,) = check_scene("north", SceneSettings(), None)

    assert (result.level, result.message) == ("warning", "not compared with the picture: the source gave none")


GRID = tuple((x, y) for y in (0.0, 10.0, 20.0) for x in (0.0, 5.0))


def surveyed(slip_m: float) -> RoadSettings:
    """Six points seen from straight above at 10 pixels a metre, the last one `slip_m` off its place."""
    *right, (x, y) = GRID
    return RoadSettings(
        image_points=tuple((10 * x, 10 * y) for x, y in GRID), ground_points_m=(*right, (x, y + slip_m))
    )


@pytest.mark.parametrize(
    ("road", "level", "said"),
    [
        (RoadSettings.model_validate(ROAD), "ok", "exact: 4 points"),
        (surveyed(0.0), "ok", "6 points; the worst is"),
        (surveyed(0.4), "ok", "6 points; the worst is"),
        (surveyed(5.0), "warning", "expected 0.5 m at most"),
    ],
)
def test_calibration_is_held_against_its_own_points(road: RoadSettings, level: str, said: str) -> None:
    result = check_calibration("north", road)

    assert (result.name, result.level) == ("camera north: calibration", level)
    assert said in result.message
    assert bool(result.remedy) is (level == "warning")


def test_only_a_calibrated_camera_has_a_calibration_to_check() -> None:
    calibrated = {"scene": {"road": ROAD}}
    names = [[result.name for result in check_camera(camera(**parts))] for parts in ({}, calibrated)]

    assert ["camera north: calibration" in found for found in names] == [False, True]


def camera(**parts: object) -> CameraSettings:
    return CameraSettings.model_validate({"id": "north", "source": {"kind": "file", "path": "gone.mp4"}} | parts)


@pytest.mark.parametrize(
    ("parts", "level", "said"),
    [
        ({}, "ok", "none"),
        ({"rules": {"speeding": {"limit_kmh": 60}}}, "error", "calibrated road"),
        ({"rules": {"speeding": {"limit_kmh": 60}}, "scene": {"road": ROAD}}, "ok", "speeding"),
        ({"rules": {"wrong_way": {}}}, "error", "lane"),
    ],
)
def test_rules_need_their_scene(parts: dict[str, object], level: str, said: str) -> None:
    result = check_rules(camera(**parts))

    assert result.level == level
    assert said in result.message
    assert bool(result.remedy) is (level == "error")


def test_a_source_that_is_gone_is_an_error_and_the_rest_of_the_camera_is_still_checked() -> None:
    source, drawn, rules = check_camera(camera())

    assert (source.level, drawn.level, rules.level) == ("error", "warning", "ok")
    assert "gone.mp4" in source.message
    assert source.remedy


def test_a_password_in_a_cameras_address_is_not_shown() -> None:
    source = {"kind": "rtsp", "url": f"rtsp://admin:s3cret@127.0.0.1:{free_port()}/1", "timeout_s": 1}

    results = list(check_camera(camera(source=source)))

    assert results[0].level == "error"
    assert all("s3cret" not in result.message + result.remedy for result in results)
