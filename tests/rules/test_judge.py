import pytest
from builders import case, passage
from scene.road_camera import steady, ticks

from traffic.errors import ConfigError
from traffic.rules.judge import RulesJudge, build_rules
from traffic.rules.settings import RulesSettings, SpeedingSettings, WrongWaySettings
from traffic.rules.speeding import Speeding
from traffic.rules.wrong_way import WrongWay
from traffic.scene.settings import LaneSettings, SceneSettings
from traffic.scene.view import SceneView

SPEEDING = SpeedingSettings(limit_kmh=60)


@pytest.fixture
def scene(camera) -> SceneSettings:
    corners = camera.project([(-4.0, 15.0), (4.0, 15.0), (4.0, 70.0), (-4.0, 70.0)]).tolist()
    arrow = camera.project([(0.0, 60.0), (0.0, 20.0)]).tolist()
    lane = LaneSettings(name="in", points=[tuple(c) for c in corners], direction=tuple(map(tuple, arrow)))
    return SceneSettings(road=camera.road(), lanes=(lane,))


def test_only_the_rules_in_the_config_are_built(scene):
    both = RulesSettings(speeding=SPEEDING, wrong_way=WrongWaySettings())
    assert [type(rule) for rule in build_rules(both, scene)] == [Speeding, WrongWay]
    assert build_rules(RulesSettings(), scene) == ()


@pytest.mark.parametrize(
    ("what", "rules", "scene_without", "message"),
    [
        ("speeding without calibration", RulesSettings(speeding=SPEEDING), {"road": None}, "fill in scene.road"),
        ("wrong way without lanes", RulesSettings(wrong_way=WrongWaySettings()), {"lanes": ()}, "fill in scene.lanes"),
    ],
)
def test_a_rule_that_the_scene_cannot_serve_is_a_config_error(scene, what, rules, scene_without, message):
    with pytest.raises(ConfigError, match=message):
        build_rules(rules, scene.model_copy(update=scene_without))


def test_an_arrow_into_the_sky_is_a_config_error(scene):
    lane = scene.lanes[0].model_copy(update={"direction": ((960.0, 900.0), (960.0, 10.0))})
    with pytest.raises(ConfigError, match=r"(?s)'in'.*nearer to the camera"):
        build_rules(RulesSettings(wrong_way=WrongWaySettings()), scene.model_copy(update={"lanes": (lane,)}))


@pytest.mark.parametrize(
    ("what", "speed_kmh", "start_m", "broken"),
    [
        ("comes at 50 km/h", 50, 60, []),
        ("comes at 90 km/h", 90, 60, ["speeding"]),
        ("goes at 40 km/h", -40, 20, ["wrong_way"]),
        ("goes at 90 km/h", -90, 20, ["speeding", "wrong_way"]),
    ],
)
def test_from_a_drive_to_its_violations(camera, scene, what, speed_kmh, start_m, broken):
    times = ticks(25, 1.6)
    seen = camera.drive(times, steady(times, speed_kmh, start_m=start_m), noise_px=1.0)
    of = passage(seen, speed=SceneView(scene).speed(seen, "car"))
    rules = build_rules(RulesSettings(speeding=SPEEDING, wrong_way=WrongWaySettings()), scene)
    judged = RulesJudge({"north": rules}).judge([case(of), case(passage(of.trajectory, camera_id="south"))])
    assert [[each.rule for each in one.violations] for one in judged] == [broken, []]
