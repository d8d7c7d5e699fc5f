"""What is printed where."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from traffic.cli.output import as_json, local, print_fields, print_json, print_table, remark, utc

AT = datetime(2026, 5, 4, 15, 0, tzinfo=timezone(timedelta(hours=3)))


def test_times_are_utc_for_programs_and_local_for_people() -> None:
    assert utc(AT) == "2026-05-04T12:00:00Z"
    assert datetime.fromisoformat(local(AT)) == AT


def test_json_stays_on_one_line_and_in_its_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"plate": "А 123 ВС\n77", "at": AT})

    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"plate": "А 123 ВС\n77", "at": "2026-05-04T12:00:00Z"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_cannot_hold_is_an_error(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        as_json({"value": value})


@pytest.mark.parametrize("text", ["[red]line[/red]", "[/]", ":car:", "ПДД", "a" * 150])
def test_tables_and_fields_show_a_text_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Title", ["name"], [[text]])
    print_fields([("name", text)])

    captured = capsys.readouterr()
    assert captured.out.count(text) == 2
    assert captured.err == ""


def test_remarks_stay_out_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    remark("by the way")

    assert tuple(capsys.readouterr()) == ("", "by the way\n")
