"""Sheets that open well, and do no harm, in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.project import Project, Traffic
from traffic.cli.entries import ViolationEntry
from traffic.cli.export import entries_as_csv, entries_as_json

AT = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)


def entry(**changed: Any) -> ViolationEntry:
    plain: dict[str, Any] = {
        "violation_id": "v",
        "passage_id": "p",
        "camera_id": "north",
        "rule": "speeding",
        "occurred_at": AT,
        "vehicle_type": "car",
        "colour": None,
        "plate": None,
        "plate_shown": None,
        "plate_country": None,
        "plate_format": None,
        "plate_certain": None,
        "plate_alternatives": (),
        "speed_kmh": None,
        "facts": (),
        "evidence_path": "a.jpg",
        "evidence_sha256": "0" * 64,
        "evidence_size_bytes": 9,
        "plate_hash": None,
    }
    return ViolationEntry(**(plain | changed))


def cells(**changed: object) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(entries_as_csv(ViolationEntry, [entry(**changed)]), newline=""))
    return row


@pytest.mark.parametrize(
    ("changed", "column", "cell"),
    [
        ({"rule": "=HYPERLINK(1)"}, "rule", "'=HYPERLINK(1)"),
        ({"rule": "+1"}, "rule", "'+1"),
        ({"rule": "-1"}, "rule", "'-1"),
        ({"rule": "@SUM"}, "rule", "'@SUM"),
        ({"rule": "\tx"}, "rule", "'\tx"),
        ({"facts": ("=1", "b")}, "facts", "'=1; b"),
        ({"rule": "a=1"}, "rule", "a=1"),
        ({"rule": 'says "no", twice'}, "rule", 'says "no", twice'),
        ({"speed_kmh": -3.5}, "speed_kmh", "-3.5"),
        ({"plate_shown": "А 123 ВС 77"}, "plate_shown", "А 123 ВС 77"),
        ({"plate_certain": True}, "plate_certain", "True"),
        (
            {"plate_alternatives": ("A128BC77 2.0%", "A1Z3BC77 0.1%")},
            "plate_alternatives",
            "A128BC77 2.0%; A1Z3BC77 0.1%",
        ),
        ({}, "plate", ""),
        ({}, "occurred_at", "2026-05-04T12:00:00Z"),
    ],
)
def test_cells(changed: dict[str, object], column: str, cell: str) -> None:
    assert cells(**changed)[column] == cell


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    cell = cells(rule=text)["rule"]

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text or cell == text


def test_json_is_an_array_with_numbers_and_nulls() -> None:
    (read,) = json.loads(entries_as_json([entry(speed_kmh=61.5, facts=("a", "b"))]))

    assert (read["speed_kmh"], read["plate"], read["facts"]) == (61.5, None, ["a", "b"])
    assert read["occurred_at"] == "2026-05-04T12:00:00Z"


@pytest.mark.parametrize(
    ("options", "begins"),
    [
        (["--out", "a.csv"], b"\xef\xbb\xbfviolation_id"),
        (["--out", "a.json"], b"[\n"),
        (["--out", "a.JSON"], b"[\n"),
        (["--out", "a.txt"], b"\xef\xbb\xbfviolation_id"),
        (["--out", "a.csv", "--format", "json"], b"[\n"),
    ],
)
def test_the_format_goes_by_the_name_unless_told(
    options: list[str], begins: bytes, traffic: Traffic, recorded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recorded.folder)

    assert traffic("violations", "export", *options).code == 0
    assert (recorded.folder / options[1]).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("options", "said"), [(["--out", "no/such/folder/a.csv"], "--out"), (["--format", "xls"], "csv, json")]
)
def test_what_cannot_be_written_is_a_usage_error(
    options: list[str], said: str, traffic: Traffic, recorded: Project
) -> None:
    answer = traffic("violations", "export", "-c", recorded.config, *options)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
