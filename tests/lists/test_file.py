"""What a list of plates may look like, and what is said of one that does not."""

from datetime import datetime, timezone

import pytest

from traffic.errors import ConfigError
from traffic.lists.file import ListEntry, entry_text, parse_list, read_list


def plates(text):
    return [entry.plate for entry in parse_list(text.encode(), "stolen.csv")]


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("a plate a line", "A123BC77\nB001OP199\n", ["A123BC77", "B001OP199"]),
        ("the last line without its end", "A123BC77", ["A123BC77"]),
        ("Cyrillic, spaced and in small letters", "а 123 вс 77\n", ["A123BC77"]),
        ("a hyphen, as in Minsk", "1234 AB-7\n", ["1234AB7"]),
        ("comments and empty lines", "# stolen\n\nA123BC77\n   # more\n", ["A123BC77"]),
        ("a header", "plate,note,valid_from,valid_until\nA123BC77,x,,\n", ["A123BC77"]),
        ("a header alone: nothing is on it", "plate,note\n", []),
        ("a comment alone: nothing is on it", "# none at the moment\n", []),
        ("from a spreadsheet", "\ufeffplate,note\r\nA123BC77,x\r\n", ["A123BC77"]),
        ("patterns", "A1*\n?001OP*\nX**7\n", ["A1*", "?001OP*", "X*7"]),
        ("the order of the file", "B2\nA1\nB2\n", ["B2", "A1", "B2"]),
    ],
)
def test_a_list_of(what, text, expected):
    assert plates(text) == expected


def test_a_line_says_what_it_is_there_for_and_when():
    entries = parse_list(b'A123BC77,"taken from Lenina st., 5",2026-05-01,2026-05-31\n', "x")
    assert entries == (ListEntry("A123BC77", "taken from Lenina st., 5", day("2026-05-01"), day("2026-06-01")),)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("2026-04-30T23:59:59+00:00", False),
        ("2026-05-01T00:00:00+00:00", True),
        ("2026-05-31T23:59:59+00:00", True),
        ("2026-06-01T00:00:00+00:00", False),
        ("2026-06-01T02:00:00+03:00", True),
    ],
)
def test_dates_are_whole_days_in_utc(when, holds):
    (entry,) = parse_list(b"A1,,2026-05-01,2026-05-31\n", "x")
    assert entry.holds(datetime.fromisoformat(when)) == holds


def test_a_moment_bears_its_zone():
    (entry,) = parse_list(b"A1,,2026-05-01T12:00:00+03:00,2026-05-01T15:00:00Z\n", "x")
    assert (entry.valid_from, entry.valid_until) == (day("2026-05-01T09:00:00"), day("2026-05-01T15:00:00"))


def test_the_end_of_the_calendar_is_a_date_too():
    (entry,) = parse_list(b"A1,,,9999-12-31\n", "x")
    assert entry.holds(day("2026-05-01"))


@pytest.mark.parametrize(
    ("what", "row", "told"),
    [
        ("a letter of no plate", "Ж123BC77", "got 'Ж'"),
        ("everything", "*", "one of them no"),
        ("question marks alone", "???", "one of them no"),
        ("one character", "A", "2 to 24"),
        ("a novel", "A" * 30, "2 to 24"),
        ("nothing before the note", ",stolen", "2 to 24"),
        ("a day that is none", "A123BC77,,2026-02-30", "expected a date"),
        ("an hour without a zone", "A123BC77,,2026-02-03T10:00", "zone"),
        ("an end before the start", "A123BC77,,2026-05-02,2026-05-01", "after valid_from"),
        ("a note with a comma", "A123BC77,stolen, Lenina 5,2026-05-01,2026-05-02", "quote"),
    ],
)
def test_a_bad_line_is_told_with_file_and_number(what, row, told):
    with pytest.raises(ConfigError, match=told) as error:
        parse_list(f"B001OP199\n{row}\n".encode(), "lists/stolen.csv")
    assert "lists/stolen.csv, line 2: " in str(error.value)


def test_all_bad_lines_are_told_at_once_one_a_line():
    with pytest.raises(ConfigError) as error:
        parse_list(b"A\nB001OP199\nC\n", "s.csv")
    assert [line.split(":")[0] for line in error.value.problem.splitlines()] == ["s.csv, line 1", "s.csv, line 3"]


def test_of_very_many_bad_lines_the_rest_is_counted():
    with pytest.raises(ConfigError) as error:
        parse_list(b"A\n" * 1000, "s.csv")
    assert error.value.problem.splitlines()[-1] == "and 980 more"


def test_a_forgotten_quotation_mark_spoils_its_own_line_only():
    assert plates('A1,"stolen\nB2,found\n') == ["A1", "B2"]


@pytest.mark.parametrize(
    ("what", "content", "told"),
    [
        ("of no bytes", b"", "an empty file"),
        ("in another encoding", "A1\nB2,украден\n".encode("cp1251"), "line 2: expected UTF-8"),
    ],
)
def test_a_file(tmp_path, what, content, told):
    (tmp_path / "list.csv").write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        read_list(tmp_path / "list.csv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"list\.csv: expected a list of plates, got: No such file"):
        read_list(tmp_path / "list.csv")


def test_what_is_typed_becomes_canonical():
    assert entry_text(" а123 вс-77 ") == "A123BC77"
