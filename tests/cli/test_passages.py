"""`traffic passages`, on a record of a car, a bus and a truck."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.project import BUS, CAR, TRUCK, Project, Traffic


def listed(traffic: Traffic, project: Project, *filters: str) -> list[str]:
    answer = traffic("passages", "list", "--json", "-c", project.config, *filters)
    assert answer.code == 0
    return [json.loads(line)["passage_id"] for line in answer.out.splitlines()]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], [TRUCK, BUS, CAR]),
        (["--limit", "1"], [TRUCK]),
        (["--camera", "south"], [BUS]),
        (["--camera", "nowhere"], []),
        (["--type", "car"], [CAR]),
        (["--rule", "speeding"], [TRUCK]),
        (["--rule", "wrong_way"], []),
        (["--plate", "A123BC77"], [CAR]),
        (["--plate", "а 123 вс 77"], [CAR]),
        (["--plate", "*77*"], [TRUCK, CAR]),
        (["--plate", "К???КК*"], [TRUCK]),
        (["--plate", "%"], []),
        (["--plate", "A1238C77"], []),
        (["--plate", "A1238C77", "--alike"], [CAR]),
        (["--plate", "а128вс77", "--alike"], [CAR]),
        (["--plate", "A128BC7", "--alike"], []),
        (["--plate", "A12?8C*", "--alike"], [CAR]),
        (["--plate", "K777HK199", "--alike", "--type", "truck"], [TRUCK]),
        (["--since", "2026-05-04T12:10:00Z"], [TRUCK, BUS]),
        (["--until", "2026-05-04T12:10:00Z"], [CAR]),
        (["--since", "2026-05-04T15:05+03:00", "--until", "2026-05-04T12:15Z"], [BUS]),
        (["--since", "0s"], []),
        (["--camera", "north", "--type", "bus"], []),
    ],
)
def test_the_filters(filters: list[str], found: list[str], traffic: Traffic, recorded: Project) -> None:
    assert listed(traffic, recorded, *filters) == found


def test_the_table_is_for_people(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "list", "-c", recorded.config)

    row = next(line for line in answer.out.splitlines() if CAR[:8] in line)
    for cell in ("north", "car", "А 123 ВС 77", "48.6", "stop forward"):
        assert cell in row
    assert answer.err == ""


def test_json_is_for_programs(traffic: Traffic, recorded: Project) -> None:
    truck = json.loads(traffic("passages", "list", "--json", "-c", recorded.config).out.splitlines()[0])

    assert truck["started_at"] == "2026-05-04T12:20:00Z"
    assert (truck["plate"], truck["plate_shown"]) == ("K777KK199", "К 777 КК 199")
    assert truck["speed_kmh"] == 79.2
    assert truck["broken_rules"] == ["speeding"]


@pytest.mark.parametrize(
    ("filters", "remark"), [(["--type", "van"], "No passage on record"), (["--limit", "2"], "newest 2"), ([], "")]
)
def test_remarks_go_to_standard_error(filters: list[str], remark: str, traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "list", "--json", "-c", recorded.config, *filters)

    assert (remark in answer.err) if remark else (answer.err == "")
    assert all(json.loads(line) for line in answer.out.splitlines())


@pytest.mark.parametrize("asked", [TRUCK, TRUCK.upper(), "aaaaaaa3", "aaaaaaa3-00"])
def test_show_takes_the_beginning_of_an_id(asked: str, traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "show", asked, "-c", recorded.config)

    assert answer.code == 0
    for part in (TRUCK, "truck", "К 777 КК 199", "97% sure", "79.2 ± 0.9 km/h", "speeding.jpg", "intact"):
        assert part in answer.out


def test_show_says_what_is_known_of_the_plate(traffic: Traffic, recorded: Project) -> None:
    out = traffic("passages", "show", CAR, "-c", recorded.config).out

    for part in ("certain: 97% sure, 4 readings", "ru 1, private", "A128BC77 2.0%", "stolen: A1* (pattern)"):
        assert part in out


def test_json_says_what_is_known_of_the_plate(traffic: Traffic, recorded: Project) -> None:
    *_, car = json_lines(traffic("passages", "list", "--json", "-c", recorded.config).out)

    told = {name: car[name] for name in ("plate_country", "plate_format", "plate_certain", "plate_alternatives")}
    assert told == {
        "plate_country": "ru",
        "plate_format": "1",
        "plate_certain": True,
        "plate_alternatives": ["A128BC77 2.0%"],
    }
    assert (car["plate_hash"], car["list_hits"]) == (None, ["stolen: A1* (pattern)"])


def test_show_says_what_was_not_measured(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "show", BUS, "-c", recorded.config)

    assert answer.code == 0
    assert "not read" in answer.out
    assert "not measured" in answer.out


@pytest.mark.parametrize(
    ("asked", "said"), [("ffff", "found none"), ("aaaaaaa", f"found {CAR}, {BUS}, {TRUCK}"), ("%", "found none")]
)
def test_show_refuses_what_is_not_one_passage(asked: str, said: str, traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "show", asked, "-c", recorded.config)

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err


def test_show_reports_altered_evidence_and_fails(traffic: Traffic, recorded: Project) -> None:
    recorded.picture.write_bytes(b"not really a PNG!")

    answer = traffic("passages", "show", TRUCK, "--json", "-c", recorded.config)

    assert answer.code == 1
    (evidence,) = json.loads(answer.out)["evidence"]
    assert evidence["intact"] is False
    assert "altered" in evidence["problem"]
    assert "altered" in answer.err


def test_export_gives_a_sheet_of_everything(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "export", "-c", recorded.config)

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["passage_id"] for row in rows] == [TRUCK, BUS, CAR]
    assert rows[0]["speed_kmh"] == "79.2"
    assert rows[1]["plate"] == ""


def test_export_of_nothing_still_has_a_heading(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "export", "--type", "van", "-c", recorded.config)

    assert answer.out.startswith("passage_id,camera_id,")
    assert len(answer.out.splitlines()) == 1


def test_a_database_that_is_not_there_is_an_error_with_its_remedy(traffic: Traffic, project: Project) -> None:
    answer = traffic("passages", "list", "-c", project.config)

    assert answer.code == 1
    assert "traffic db upgrade" in answer.err


def test_the_vehicles_over_each_line_are_counted_by_direction(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "count", "--json", "-c", recorded.config)
    counted = {(row["camera_id"], row["line"], row["direction"]): row["count"] for row in json_lines(answer.out)}
    told = json_lines(traffic("passages", "list", "--json", "-c", recorded.config).out)
    expected: dict[tuple[str, str, str], int] = {}
    for passage in told:
        for crossing in passage["crossings"]:
            key = (passage["camera_id"], *crossing.split(" "))
            expected[key] = expected.get(key, 0) + 1
    assert expected
    assert counted == expected


def test_no_crossing_is_remarked(traffic: Traffic, recorded: Project) -> None:
    answer = traffic("passages", "count", "--camera", "nowhere", "-c", recorded.config)
    assert answer.out == ""
    assert "No crossing on record" in answer.err


def json_lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]
