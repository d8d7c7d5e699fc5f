"""All checks of a config in a row."""

from __future__ import annotations

from pathlib import Path

from tests.cli.files import write_video
from tests.events.mosquitto import free_port
from traffic.checks.everything import run_checks
from traffic.config import parse_config


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
        "people": "ok",
        "plate consensus": "ok",
        "privacy": "ok",
        "inference": "ok",
        "database": "ok",
        "evidence": "ok",
        "broker": "warning",
    }
