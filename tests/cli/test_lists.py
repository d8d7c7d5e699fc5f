"""`traffic lists` as it is typed."""

import json
from dataclasses import replace

import pytest
from builders import STARTED_AT, passage, reading

from traffic.datatypes import ListHit, Plate
from traffic.store.database import open_for_recording
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository

STOLEN = "# from the police\nA123BC77,blue Lada\nB*,all of B\nO001OO99,,,2020-01-01\n"


@pytest.fixture
def listed(project):
    """Two lists beside the config."""
    (project.folder / "stolen.csv").write_text(STOLEN)
    (project.folder / "fire.csv").write_text("plate,note\nE001KX99,engine\n")
    project.change(
        lists=[
            {"name": "stolen", "kind": "watch", "file": "stolen.csv"},
            {"name": "fire", "kind": "allow", "file": "fire.csv", "exempts": "all"},
        ]
    )
    return project


@pytest.fixture
def hit(listed):
    """A stolen car and, an hour later, a car that is but alike, on record."""
    with open_for_recording(listed.database) as engine:
        records = [
            PassageRecord(
                replace(
                    passage(passage_id=f"aaaaaaa{hour}-0000-4000-8000-000000000000", plate=plate(text)),
                    ended_at=STARTED_AT.replace(hour=12 + hour),
                ),
                hits=(ListHit("stolen", "watch", "A123BC77", match, "blue Lada"),),
            )
            for hour, (text, match) in enumerate([("A123BC77", "exact"), ("A1238C77", "alike")])
        ]
        Repository(engine, listed.database).record(records)
    return listed


def plate(text):
    return Plate(text, 0.97, 4, reading(text), certain=text == "A123BC77")


def lines(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def test_check_counts(traffic, listed):
    answer = traffic("lists", "check", "-c", listed.config, "--json")
    assert answer.code == 0
    assert [(each["name"], each["plates"], each["patterns"], each["expired"]) for each in lines(answer)] == [
        ("stolen", 2, 1, 1),
        ("fire", 1, 0, 0),
    ]
    assert "all rules" in traffic("lists", "check", "-c", listed.config).out


def test_check_tells_bad_lines_and_fails(traffic, listed):
    (listed.folder / "stolen.csv").write_text("A123BC77\n*\n?\n")
    answer = traffic("lists", "check", "-c", listed.config)
    assert answer.code == 1
    assert "stolen.csv, line 2" in answer.err
    assert "stolen.csv, line 3" in answer.err
    assert "fire" in answer.out


def test_check_without_lists_says_so(traffic, project):
    answer = traffic("lists", "check", "-c", project.config)
    assert (answer.code, answer.err.strip()) == (0, "The config has no lists.")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("а123вс77", [("stolen", "exact", "")]),
        ("A1238C77", [("stolen", "alike", "")]),
        ("B777BB77", [("stolen", "pattern", "")]),
        ("E001KX99", [("fire", "exact", "all rules")]),
    ],
)
def test_find(traffic, listed, typed, expected):
    answer = traffic("lists", "find", typed, "-c", listed.config, "--json")
    assert answer.code == 0
    assert [(each["list_name"], each["match"], each["exempts"]) for each in lines(answer)] == expected
    assert expected[0][0] in traffic("lists", "find", typed, "-c", listed.config).out


@pytest.mark.parametrize("typed", ["M777MM77", "E001XX99", "O001OO99"])
def test_find_on_no_list(traffic, listed, typed):
    answer = traffic("lists", "find", typed, "-c", listed.config)
    assert (answer.code, answer.out) == (1, "")


def test_find_refuses_what_is_no_plate(traffic, listed):
    answer = traffic("lists", "find", "*", "-c", listed.config)
    assert answer.code != 0
    assert "one of them no" in answer.err


def test_hits_newest_first(traffic, hit):
    answer = traffic("lists", "hits", "-c", hit.config, "--json")
    assert [(each["match"], each["plate"], each["certain"]) for each in lines(answer)] == [
        ("alike", "A1238C77", False),
        ("exact", "A123BC77", True),
    ]
    shown = traffic("lists", "hits", "-c", hit.config).out
    assert "А 123 ВС 77" in shown
    assert "(uncertain)" in shown


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--list", "stolen"], 2),
        (["--list", "fire"], 0),
        (["--camera", "south"], 0),
        (["--since", "2026-05-04T12:30:00Z"], 1),
        (["--until", "2026-05-04T12:30:00Z"], 1),
        (["--limit", "1"], 1),
    ],
)
def test_hits_of(traffic, hit, options, found):
    answer = traffic("lists", "hits", *options, "-c", hit.config, "--json")
    assert (answer.code, len(lines(answer))) == (0, found)
