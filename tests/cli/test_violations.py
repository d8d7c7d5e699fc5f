"""`traffic violations`, on a record of one truck that was too fast."""

from __future__ import annotations

import csv
import hashlib
import json

import pytest

from tests.cli.project import SPEEDING, TRUCK, Project, Traffic


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([], 1),
        (["--rule", "speeding", "--type", "truck", "--camera", "north", "--plate", "к*"], 1),
        (["--rule", "wrong_way"], 0),
        (["--plate", "K771KH199", "--alike"], 1),
        (["--plate", "K771KH199"], 0),
        (["--type", "car"], 0),
        (["--until", "2026-05-04T12:20Z"], 0),
        (["--since", "2026-05-04T12:20Z"], 1),
    ],
)
def test_the_filters(filters: list[str], count: int, traffic: Traffic, recorded: Project) -> None:
    answer = traffic("violations", "list", "--json", "-c", recorded.config, *filters)

    assert [json.loads(line)["violation_id"] for line in answer.out.splitlines()] == [SPEEDING] * count


def test_the_table_has_the_facts_in_kmh(traffic: Traffic, recorded: Project) -> None:
    out = traffic("violations", "list", "-c", recorded.config).out

    row = next(line for line in out.splitlines() if SPEEDING[:8] in line)
    for cell in ("speeding", "truck", "К 777 КК 199", "speed 79.2 km/h, limit 60.0 km/h, distance 30 m"):
        assert cell in row


def test_show_holds_the_picture_against_its_record(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("violations", "show", "bbbb", "--json", "-c", recorded.config)

    shown = json.loads(answer.out)
    assert (answer.code, shown["passage_id"], shown["evidence"]["intact"]) == (0, TRUCK, True)
    assert shown["evidence"]["path"] == str(recorded.picture)
    assert shown["evidence_sha256"] == hashlib.sha256(recorded.picture.read_bytes()).hexdigest()


def test_show_is_for_people_too(traffic: Traffic, recorded: Project) -> None:
    out = traffic("violations", "show", SPEEDING, "-c", recorded.config).out

    for part in (TRUCK, "limit 60.0 km/h", "К 777 КК 199 (certain)", "ru 1, private", "A128BC77 2.0%", "intact"):
        assert part in out


def test_show_fails_when_the_picture_is_gone(traffic: Traffic, recorded: Project) -> None:
    recorded.picture.unlink()

    answer = traffic("violations", "show", SPEEDING, "-c", recorded.config)

    assert answer.code == 1
    assert "NOT INTACT" in answer.out
    assert "No such file" in answer.err
    assert "to mend it" in answer.err


def test_no_such_violation(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("violations", "show", TRUCK, "-c", recorded.config)

    assert answer.code == 1
    assert "traffic violations list" in answer.err


@pytest.mark.parametrize("name", ["sheet.csv", "list.json"])
def test_export_into_a_file(name: str, traffic: Traffic, recorded: Project) -> None:
    out = recorded.folder / name

    answer = traffic("violations", "export", "--out", out, "-c", recorded.config)

    assert (answer.code, answer.out) == (0, "")
    assert "1 written" in answer.err
    if name.endswith("json"):
        assert json.loads(out.read_text("utf-8"))[0]["violation_id"] == SPEEDING
    else:
        with out.open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.DictReader(file))["plate_shown"] == "К 777 КК 199"
