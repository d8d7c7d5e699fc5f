"""`traffic check`: what is printed and the exit code; the checks themselves are in tests/test_checks.py."""

from __future__ import annotations

import json

from tests.cli.project import Project, Traffic


def test_all_well(traffic: Traffic, project: Project) -> None:
    answer = traffic("check", "-c", project.config)

    assert (answer.code, answer.err) == (0, "")
    assert all(line.startswith("ok") for line in answer.out.splitlines())
    for part in ("config", "camera north: source", "scene", "rules", "model", "inference", "database", "evidence"):
        assert part in answer.out


def test_every_check_runs_whatever_fails_and_tells_its_remedy(traffic: Traffic, project: Project) -> None:
    project.change_camera(source={"kind": "file", "path": "gone.mp4"}, rules={"speeding": {"limit_kmh": 60}})
    project.change(detector={"model": "gone.yaml"}, evidence={"folder": "road.mp4"})

    lines = traffic("check", "-c", project.config, "--json").out.splitlines()
    levels = {result["name"]: result["level"] for result in map(json.loads, lines)}

    assert levels == {
        "config": "ok",
        "camera north: source": "error",
        "camera north: scene": "warning",
        "camera north: rules": "error",
        "model": "error",
        "types and colours": "ok",
        "plate locator": "ok",
        "plate reader": "ok",
        "people": "ok",
        "plate consensus": "ok",
        "privacy": "ok",
        "inference": "ok",
        "database": "ok",
        "evidence": "error",
        "broker": "ok",
    }
    answer = traffic("check", "-c", project.config)
    assert answer.code == 1
    assert answer.out.count("to mend it:") == 5


def test_a_warning_alone_is_no_failure(traffic: Traffic, project: Project, closed_port: int) -> None:
    project.change(mqtt={"port": closed_port})

    answer = traffic("check", "-c", project.config)

    assert answer.code == 0
    assert "warning broker: " in answer.out


def test_a_config_that_cannot_be_read_gives_2(traffic: Traffic, project: Project) -> None:
    project.change(detektor={})

    answer = traffic("check", "-c", project.config, "--json")

    assert (answer.code, answer.out) == (2, "")
    assert "did you mean detector?" in answer.err
