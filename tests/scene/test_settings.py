"""What a config may say about a scene, and how a mistake in it is told."""

import pytest
from pydantic import ValidationError

from traffic.scene.settings import LaneSettings, LineSettings, RoadSettings, SceneSettings, ZoneSettings

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
ROAD = {
    "image_points": [[300, 300], [980, 310], [1210, 700], [60, 690]],
    "ground_points_m": [[0, 40], [7, 40], [7, 10], [0, 10]],
}


def test_a_whole_scene_as_a_config_writes_it():
    scene = SceneSettings.model_validate(
        {
            "road": ROAD,
            "lines": [{"name": "gate", "points": [[0, 400], [1280, 400]]}],
            "zones": [{"name": "measured", "points": SQUARE}],
            "lanes": [{"name": "in", "points": SQUARE, "direction": [[50, 0], [50, 100]]}],
            "speed": {"zone": "measured"},
        }
    )
    assert scene.lines[0].points == ((0.0, 400.0), (1280.0, 400.0))
    assert SceneSettings() == SceneSettings.model_validate({})


def line(name):
    return {"name": name, "points": [[0, 0], [9, 9]]}


@pytest.mark.parametrize(
    ("what", "kind", "values", "message"),
    [
        ("a line without length", LineSettings, {"name": "a", "points": [[5, 5], [5, 5]]}, "two different ends"),
        ("a line of three points", LineSettings, {"name": "a", "points": [[5, 5], [6, 6], [7, 7]]}, "at most 2"),
        ("no name", LineSettings, line(" "), "at least 1 character"),
        ("an endless coordinate", LineSettings, {"name": "a", "points": [[5, 5], [6, float("inf")]]}, "finite number"),
        ("a zone of two corners", ZoneSettings, {"name": "a", "points": SQUARE[:2]}, "at least 3"),
        (
            "corners in the wrong order",
            ZoneSettings,
            {"name": "a", "points": [SQUARE[i] for i in (0, 2, 1, 3)]},
            "edge after corner 1 crossing the edge after corner 3",
        ),
        ("a zone on one line", ZoneSettings, {"name": "a", "points": [[0, 0], [5, 5], [9, 9]]}, "corners on one line"),
        (
            "an arrow that is a point",
            LaneSettings,
            {"name": "a", "points": SQUARE, "direction": [[1, 1], [1, 1]]},
            "arrow with two different ends",
        ),
        ("a lane without direction", LaneSettings, {"name": "a", "points": SQUARE}, "direction"),
        (
            "fewer metres than pixels",
            RoadSettings,
            ROAD | {"ground_points_m": [*ROAD["ground_points_m"], [3, 3]]},
            "as many ground points as image points, got 5 and 4",
        ),
        (
            "points on one kerb",
            RoadSettings,
            ROAD | {"ground_points_m": [[0, 0], [0, 10], [0, 20], [0, 30]]},
            "ground points: expected 4 points with no three on a line, got points 1, 2, 3, 4",
        ),
        (
            "two lines of one name",
            SceneSettings,
            {"lines": [line("a"), line("b"), line("a")]},
            r"got \['a'\] more than once",
        ),
        (
            "a zone that is not there",
            SceneSettings,
            {"speed": {"zone": "x"}},
            r"expected one of the zones \[\], got 'x'",
        ),
        ("a word we do not know", SceneSettings, {"calibration": 1}, "Extra inputs"),
    ],
)
def test_mistakes_are_named(what, kind, values, message):
    with pytest.raises(ValidationError, match=message):
        kind.model_validate(values)
