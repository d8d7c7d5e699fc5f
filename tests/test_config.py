"""What people get wrong in config.yaml, and what they are told."""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.config import CameraSettings, Config, load_config, parse_config
from traffic.errors import ConfigError
from traffic.video.source import FileSource, RtspSource

CAMERA = """
cameras:
  - id: north
    source: {kind: file, path: road.mp4}
"""
RTSP = """
cameras:
  - id: north
    source: {kind: rtsp, url: "%s"}
"""


def refusal(text: str, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_config(text, environment or {})
    return str(refused.value)


def with_camera(lines: str) -> str:
    return CAMERA + "\n".join(f"    {line}" for line in lines.strip().splitlines())


def test_the_least_config_is_a_camera_with_a_source() -> None:
    config = parse_config(CAMERA, {})

    assert config.cameras[0].source == FileSource(path=Path("road.mp4"))
    assert config.mqtt is None


@pytest.mark.parametrize(
    ("typed", "meant", "where"),
    [
        (CAMERA + "databse: {url: sqlite:///a.db}", "database", "databse"),
        (CAMERA + "mqtt: {hots: broker}", "host", "mqtt.hots"),
        (CAMERA + "detector: {minimum_scores: 0.2}", "minimum_score", "detector.minimum_scores"),
        (CAMERA + "telemetry: {metric_port: 9000}", "metrics_port", "telemetry.metric_port"),
        (with_camera("scen: {}"), "scene", "cameras.0.scen"),
        (with_camera("rules: {speding: {limit_kmh: 60}}"), "speeding", "cameras.0.rules.speding"),
        (with_camera("rules: {speeding: {limit_kmh: 60, tolerance: 3}}"), "tolerance_kmh", "rules.speeding.tolerance"),
        (with_camera("tracker: {lost_after: 3}"), "lost_after_s", "cameras.0.tracker.lost_after"),
        (with_camera("scene: {lanes: [{nam: right}]}"), "name", "cameras.0.scene.lanes.0.nam"),
        (RTSP % "rtsp://c/1" + "    transprot: udp\n", None, "transprot"),
        (CAMERA.replace("path: road.mp4", "pat: road.mp4"), "path", "cameras.0.source.pat"),
    ],
)
def test_a_misspelt_key_is_named_with_the_key_that_was_meant(typed: str, meant: str | None, where: str) -> None:
    message = refusal(typed)

    assert f"{where}: unknown key" in message
    if meant is not None:
        assert f"did you mean {meant}?" in message


@given(st.sampled_from(sorted(Config.model_fields)), st.data())
def test_a_key_with_a_letter_left_out_is_recognised(key: str, data: st.DataObject) -> None:
    gap = data.draw(st.integers(1, len(key) - 2))
    typed = key[:gap] + key[gap + 1 :]

    assert f"{typed}: unknown key; did you mean {key}?" in refusal(f"{CAMERA}{typed}: 1")


@given(st.sampled_from(sorted(set(CameraSettings.model_fields) - {"id"})), st.data())
def test_so_is_a_key_of_a_camera(key: str, data: st.DataObject) -> None:
    gap = data.draw(st.integers(1, len(key) - 2))
    typed = key[:gap] + key[gap + 1 :]

    assert f"cameras.0.{typed}: unknown key; did you mean {key}?" in refusal(with_camera(f"{typed}: 1"))


def test_a_key_like_no_other_is_only_called_unknown() -> None:
    assert "xyzzy: unknown key\n" in refusal(CAMERA + "xyzzy: 1")


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        (with_camera("rules: {speeding: {limit_kmh: -60}}"), "cameras.0.rules.speeding.limit_kmh", "greater than 0"),
        (with_camera("rules: {speeding: {limit_kmh: 60 km/h}}"), "cameras.0.rules.speeding.limit_kmh", "'60 km/h'"),
        (with_camera("rules: {speeding: {limit_kmh: .inf}}"), "cameras.0.rules.speeding.limit_kmh", "inf"),
        (with_camera("input_size: [640, 360]"), "cameras.0.input_size.1", "multiple of 32, got 360"),
        (with_camera("input_size: [640, 0]"), "cameras.0.input_size.1", "multiple of 32, got 0"),
        (with_camera("scene: {zones: [{name: z, points: [[0, 0], [9, 9]]}]}"), "cameras.0.scene.zones.0.points", "3"),
        (CAMERA + "detector: {minimum_score: 10}", "detector.minimum_score", "less than 1"),
        (CAMERA + "telemetry: {metrics_port: 70000}", "telemetry.metrics_port", "65535"),
        (CAMERA + "database: {url: mysql://host/db}", "database.url", "expected sqlite:///... or postgresql://..."),
        (CAMERA + "inference: {backend: cuda}", "inference.backend", "'onnxruntime' or 'tensorrt'"),
        (CAMERA + "version: 2", "version", "1"),
        ("cameras: []", "cameras", "at least 1"),
        ("detector: {}", "cameras", "required"),
        (CAMERA.replace("north", "Camera 1"), "cameras.0.id", "'Camera 1'"),
        (CAMERA.replace("north", "recorder"), "cameras.0.id", "expected another id"),
        (CAMERA.replace("kind: file", "kind: webcam"), "cameras.0.source", "'webcam'"),
        (CAMERA.replace("kind: file, ", ""), "cameras.0.source", "kind"),
        (CAMERA.replace(", path: road.mp4", ""), "cameras.0.source.path", "required"),
        (RTSP % "http://camera/1", "cameras.0.source.url", "rtsp"),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_what_is_expected(wrong: str, where: str, said: str) -> None:
    line = next(line for line in refusal(wrong).splitlines() if line.strip().startswith(f"{where}:"))

    assert said in line


def test_every_problem_is_told_at_once() -> None:
    message = refusal(
        with_camera("input_size: [1, 2]\nrules: {speeding: {limit_kmh: 0}}") + "\nversion: 3\nnonsense: 1"
    )

    assert len([line for line in message.splitlines() if line.startswith("  ") and "to mend it" not in line]) == 5


def test_two_cameras_of_one_name_are_refused_by_that_name() -> None:
    second = "  - id: north\n    source: {kind: file, path: other.mp4}\n"

    assert "got north twice" in refusal(CAMERA + second)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cameras: [\n  - id: north\n", "line 2"),
        ("cameras:\n  - id: north\n   source: 1\n", "line 3"),
        ("cameras:\n\t- id: north\n", "line 2"),
        ("- a list\n", "got list"),
        ("", "got NoneType"),
        ("just words", "got str"),
        (CAMERA + "mqtt: {host: broker, password: 'abc}\n", "line 6, column 1"),
        (CAMERA + "x: \x00", "special characters are not allowed"),
        (CAMERA + "x: 2026-13-45", "date"),
        (CAMERA + "mqtt: {host: [a, b}}", "expected ',' or ']', but got '}'"),
        (CAMERA + CAMERA, "cameras"),
    ],
)
def test_bad_yaml_is_told_with_its_line(text: str, said: str) -> None:
    assert said in refusal(text)


def test_a_key_written_twice_is_refused_with_its_line_because_yaml_would_drop_the_first() -> None:
    message = refusal(CAMERA + "mqtt: {host: a}\ndetector: {}\nmqtt: {host: b}\n")

    assert "'mqtt'" in message
    assert "line 7" in message


@pytest.mark.parametrize(
    ("written", "environment", "url"),
    [
        ("rtsp://${USER_NAME}:${PASSWORD}@cam/1", {"USER_NAME": "u", "PASSWORD": "p$w"}, "rtsp://u:p$w@cam/1"),
        ("rtsp://${HOST:-localhost}/1", {}, "rtsp://localhost/1"),
        ("rtsp://${HOST:-localhost}/1", {"HOST": "camera"}, "rtsp://camera/1"),
        ("rtsp://cam/1${QUERY:-}", {}, "rtsp://cam/1"),
        ("rtsp://cam/$1", {}, "rtsp://cam/$1"),
        ("rtsp://${A}/1", {"A": "${B}", "B": "no"}, "rtsp://${B}/1"),
    ],
)
def test_environment_variables_are_filled_in_once(written: str, environment: dict[str, str], url: str) -> None:
    source = parse_config(RTSP % written, environment).cameras[0].source

    assert isinstance(source, RtspSource)
    assert source.url == url


def test_a_number_may_come_from_the_environment() -> None:
    config = parse_config(CAMERA + "mqtt: {port: '${PORT}'}", {"PORT": "8883"})

    assert config.mqtt is not None
    assert config.mqtt.port == 8883


def test_a_missing_variable_is_named_with_its_place_and_the_way_out() -> None:
    message = refusal(RTSP % "rtsp://${CAMERA_HOST}/1")

    assert "CAMERA_HOST" in message
    assert "source: url" in message
    assert "export CAMERA_HOST=" in message


@pytest.mark.parametrize(
    "text",
    [
        RTSP % "rtps://admin:s3cret@camera/1",
        (RTSP % "rtsp://admin:s3cret@camera/1").replace("}\n", ", retry_initial_s: 60, retry_max_s: 1}\n"),
        (RTSP % "rtsp://admin:s3cret@camera/1").replace("rtsp,", "rtps,"),
        CAMERA + "database: {url: 'mysql://admin:s3cret@host/db'}",
        CAMERA + "database: {password: [s3cret]}",
        CAMERA + "mqtt: {password: [s3cret]}",
        CAMERA + "mqtt: [{password: s3cret}]",
        CAMERA + "mqtt: {password: {s3cret: 1}}",
        RTSP % "rtsp:/admin:s3cret@camera/1",
        RTSP % "http://admin:s3cret/@camera/1",
        RTSP % "rtsp:s3cret",
        CAMERA.replace("{kind: file, path: road.mp4}", "rtsp://admin:s3/s3cret@camera/1"),
        CAMERA.replace("kind: file, path: road.mp4", "kind: gstreamer, pipeline: [rtspsrc user-pw=s3cret]"),
        CAMERA.replace("kind: file, path: road.mp4", "kind: gstreamer, pipeline: 'rtspsrc ! fdsink x=s3cret'"),
        CAMERA.replace("kind: file, path: road.mp4", 'kind: gstreamer, pipeline: "rtspsrc user-pw=\'s3cret"'),
        CAMERA + "mqtt: {password:s3cret}",
        CAMERA + "mqtt: {password: !s3cret}",
        CAMERA + "mqtt: {password: !s3'cret x}".replace("'", "%27"),
        CAMERA + "mqtt: {password: *s3cret}",
        CAMERA + "mqtt: {a: &s3cret 1, password: &s3cret 2}",
        CAMERA + "mqtt: {password: 's3cret}",
        CAMERA + 'mqtt: {password: "\\s3cret"}',
        CAMERA + "mqtt:\n  password: %s3cret\n",
        CAMERA + "mqtt:\n  password: s3cret: x\n",
    ],
)
def test_no_message_shows_a_password(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config(text, {})
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_relative_paths_are_taken_from_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "engines").mkdir()
    (folder / "engines" / "vehicle_detector.yaml").touch()
    (folder / "config.yaml").write_text(CAMERA + "database: {url: sqlite:///data/a.db}\nmqtt: {tls: {ca_file: ca.pem}}")
    monkeypatch.chdir(tmp_path)

    config = load_config(Path("etc/config.yaml"))

    source = config.cameras[0].source
    assert isinstance(source, FileSource)
    assert source.path == folder / "road.mp4"
    assert config.detector.model == folder / "engines/vehicle_detector.yaml"
    assert config.evidence.folder == folder / "data/evidence"
    assert config.database.url == f"sqlite:///{folder}/data/a.db"
    assert config.mqtt is not None
    assert config.mqtt.tls is not None
    assert config.mqtt.tls.ca_file == folder / "ca.pem"


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("sqlite:////var/a.db", "sqlite:////var/a.db"),
        ("sqlite+pysqlite:///a.db", "sqlite+pysqlite:///{folder}/a.db"),
        ("postgresql://user@host/traffic", "postgresql://user@host/traffic"),
    ],
)
def test_absolute_paths_and_servers_stay_as_they_are(url: str, resolved: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CAMERA.replace("road.mp4", "/videos/road.mp4") + f"database: {{url: '{url}'}}")

    config = load_config(file)

    source = config.cameras[0].source
    assert isinstance(source, FileSource)
    assert source.path == Path("/videos/road.mp4")
    assert config.database.url == resolved.format(folder=tmp_path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_file_is_told_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "config.yaml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigError, match=str(file)):
        load_config(file)


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config"):
        load_config(tmp_path)


@given(st.text(max_size=200))
def test_whatever_the_text_the_answer_is_a_config_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert isinstance(parse_config(text, {}), Config)


SECTION = """
sections:
  - {name: bridge, entry: north, exit: south, distance_m: 900, distance_error_m: 1, limit_kmh: 60}
"""


def test_sections_of_plates_that_are_dropped_are_refused_with_a_way_out() -> None:
    told = refusal(CAMERA + SECTION + "privacy: {plates_without_violation: drop}")
    assert "expected privacy.plates_without_violation: hash or keep beside sections, got drop" in told
    assert "write hash with a key_file" in told


@pytest.mark.parametrize("kept", ["keep", "hash"])
def test_sections_of_plates_that_are_kept_somehow_are_fine(kept: str) -> None:
    privacy = f"privacy: {{plates_without_violation: {kept}, key_file: a.key}}"
    assert len(parse_config(CAMERA + SECTION + privacy, {}).sections) == 1


def test_the_projects_own_config_is_a_valid_one() -> None:
    config = load_config(Path(__file__).parents[1] / "config.yaml")

    assert [camera.id for camera in config.cameras] == ["simulated"]


def test_a_config_far_from_any_model_takes_the_shipped_one_unless_it_names_its_own(tmp_path: Path) -> None:
    cameras = "cameras: [{id: a, source: {kind: file, path: a.mp4}}]\n"
    (tmp_path / "plain.yaml").write_text(cameras)
    (tmp_path / "own.yaml").write_text(cameras + "detector: {model: mine.yaml}\n")
    shipped = Path(__file__).parent.parent / "engines" / "vehicle_detector.yaml"
    assert load_config(tmp_path / "plain.yaml").detector.model == shipped
    assert load_config(tmp_path / "own.yaml").detector.model == tmp_path / "mine.yaml"


def test_a_typo_inside_a_camera_is_the_only_thing_told(tmp_path: Path) -> None:
    path = tmp_path / "typo.yaml"
    path.write_text("cameras: [{id: a, source: {kind: file, path: a.mp4}, scene: {lnes: []}}]\n")
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert "did you mean lines?" in str(refused.value)
    assert "at least 1 item" not in str(refused.value)


def test_the_jetsons_config_is_a_valid_one() -> None:
    text = (Path(__file__).parents[1] / "deploy/jetson/config.yaml").read_text(encoding="utf-8")

    config = parse_config(text, {"CAMERA_PASSWORD": "one", "MQTT_PASSWORD": "two"})

    assert (config.inference.backend, config.mqtt.port if config.mqtt else None) == ("tensorrt", 8883)
