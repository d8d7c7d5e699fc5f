"""What each check finds, on real files, a real database and a real broker."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cli.files import write_model, write_video
from tests.events.mosquitto import PROGRAM, Mosquitto, free_port
from traffic.checks import (
    CheckResult,
    check_backend,
    check_broker,
    check_calibration,
    check_camera,
    check_evidence,
    check_further_model,
    check_model,
    check_record,
    check_rules,
    check_scene,
    run_checks,
)
from traffic.config import CameraSettings, parse_config
from traffic.detection.detector import DetectorSettings
from traffic.events.settings import MqttSettings
from traffic.evidence.settings import EvidenceSettings
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import ClassifierCard
from traffic.scene.settings import RoadSettings, SceneSettings
from traffic.store.database import upgrade
from traffic.store.settings import DatabaseSettings

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


def model(folder: Path, classes: list[str]) -> DetectorSettings:
    return DetectorSettings(model=write_model(folder, name="a", classes=classes))


def test_a_model_as_released(tmp_path: Path) -> None:
    assert check_model(model(tmp_path, ["car", "bus"])).level == "ok"


def test_a_model_of_other_things(tmp_path: Path) -> None:
    result = check_model(model(tmp_path, ["car", "giraffe"]))

    assert result.level == "error"
    assert "got giraffe" in result.message


@pytest.mark.parametrize("damage", ["card", "file", "bytes"])
def test_a_model_that_is_not_whole(tmp_path: Path, damage: str) -> None:
    settings = model(tmp_path, ["car"])
    if damage == "bytes":
        (tmp_path / "a.onnx").write_bytes(b"onyx")
    else:
        (tmp_path / ("a.yaml" if damage == "card" else "a.onnx")).unlink()

    result = check_model(settings)

    assert result.level == "error"
    assert result.remedy


@pytest.mark.parametrize(
    ("card", "level", "message"),
    [
        (None, "ok", "none configured"),
        (Path("engines/vehicle_detector.yaml"), "error", "is not the card of a vehicle-classification model"),
        (Path("engines/nowhere.yaml"), "error", "expected a model card"),
    ],
    ids=["none", "of another task", "not there"],
)
def test_a_model_that_a_run_can_do_without(card: Path | None, level: str, message: str) -> None:
    result = check_further_model("types and colours", card, ClassifierCard)

    assert result.level == level
    assert message in result.message


def test_a_backend_that_is_installed() -> None:
    assert check_backend(InferenceSettings(backend="onnxruntime")).level == "ok"


def test_a_backend_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    result = check_backend(InferenceSettings(backend="onnxruntime"))

    assert (result.level, result.remedy) == ("error", "pip install 'traffic[onnx]'")


def database(file: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite:///{file}")


def test_a_database_that_is_not_there_yet_is_fine_and_not_made(tmp_path: Path) -> None:
    result = check_record(database(tmp_path / "data/a.db"))

    assert result.level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the folder's place")

    result = check_record(database(tmp_path / "data/a.db"))

    assert result.level == "error"
    assert result.remedy


def test_a_current_database(tmp_path: Path) -> None:
    upgrade(database(tmp_path / "a.db"))

    assert check_record(database(tmp_path / "a.db")).level == "ok"


def test_an_empty_database_is_fine(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()

    result = check_record(database(tmp_path / "a.db"))

    assert (result.level, result.remedy) == ("ok", "")
    assert "empty: the first run makes the tables" in result.message


def test_a_foreign_database(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()

    assert check_record(database(tmp_path / "a.db")).level == "error"


def test_a_database_server_that_is_not_there() -> None:
    result = check_record(DatabaseSettings(url=f"postgresql://u@127.0.0.1:{free_port()}/traffic", connect_timeout_s=2))

    assert result.level == "error"
    assert result.remedy


def test_an_evidence_folder(tmp_path: Path) -> None:
    result = check_evidence(EvidenceSettings(folder=tmp_path / "evidence", minimum_free_mb=0))

    assert result.level == "ok"
    assert "GB free" in result.message


@pytest.mark.parametrize(
    ("folder", "minimum_free_mb"), [("file", 0), ("evidence", 10**9)], ids=["a file in its place", "too little space"]
)
def test_an_unfit_evidence_folder(tmp_path: Path, folder: str, minimum_free_mb: int) -> None:
    (tmp_path / "file").write_text("")

    result = check_evidence(EvidenceSettings(folder=tmp_path / folder, minimum_free_mb=minimum_free_mb))

    assert result.level == "error"
    assert result.remedy


def test_no_broker_is_fine() -> None:
    assert check_broker(None).level == "ok"


def test_a_broker_that_is_down_is_but_a_warning() -> None:
    result = check_broker(MqttSettings(port=free_port()))

    assert result.level == "warning"
    assert "events wait" in result.message
    assert result.remedy


def test_a_broker_whose_name_cannot_be_asked_for_is_but_a_warning() -> None:
    result = check_broker(MqttSettings().model_copy(update={"host": ""}))

    assert (result.level, "mqtt.host" in result.remedy) == ("warning", True)


@pytest.mark.skipif(PROGRAM is None, reason="mosquitto is not here: apt-get install mosquitto")
def test_a_broker_that_lets_us_in(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        assert check_broker(MqttSettings(port=broker.port)).level == "ok"


def test_all_checks_of_a_config_with_two_cameras(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4")
    config = parse_config(
        f"""
cameras:
  - id: a
    source: {{kind: file, path: {tmp_path}/a.mp4}}
    scene: {{lines: [{{name: stop, points: [[1, 1], [9, 999]]}}]}}
  - id: b
    source: {{kind: file, path: {tmp_path}/b.mp4}}
detector: {{model: {tmp_path}/none.yaml}}
database: {{url: "sqlite:///{tmp_path}/t.db"}}
evidence: {{folder: {tmp_path}/evidence}}
mqtt: {{port: {free_port()}}}
""",
        {},
    )

    found = {result.name: result.level for result in run_checks(config)}

    assert found == {
        "camera a: source": "ok",
        "camera a: scene": "error",
        "camera a: rules": "ok",
        "camera b: source": "error",
        "camera b: scene": "warning",
        "camera b: rules": "ok",
        "model": "error",
        "types and colours": "ok",
        "plate locator": "ok",
        "plate reader": "ok",
        "inference": "ok",
        "database": "ok",
        "evidence": "ok",
        "broker": "warning",
    }


def test_a_password_in_a_cameras_address_is_not_shown() -> None:
    source = {"kind": "rtsp", "url": f"rtsp://admin:s3cret@127.0.0.1:{free_port()}/1", "timeout_s": 1}

    results = list(check_camera(camera(source=source)))

    assert results[0].level == "error"
    assert all("s3cret" not in result.message + result.remedy for result in results)


def test_a_result_is_a_plain_record() -> None:
    assert CheckResult("model", "ok", "fine").remedy == ""
