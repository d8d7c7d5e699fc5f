"""Which line of a list names a plate."""

from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.lists.file import ListEntry
from traffic.lists.plate_list import PlateList

NOW = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def list_of(*plates):
    return PlateList([ListEntry(plate) for plate in plates])


def found(plates, text):
    match = list_of(*plates).find(text, NOW)
    return match and (match.entry.plate, match.kind)


@pytest.mark.parametrize(
    ("what", "plates", "text", "expected"),
    [
        ("itself", ["B2", "A123BC77"], "A123BC77", ("A123BC77", "exact")),
        ("another", ["A123BC77"], "A124BC77", None),
        ("a longer one", ["A123BC77"], "A123BC777", None),
        ("a beginning", ["A123*"], "A123BC77", ("A123*", "pattern")),
        ("an end", ["*BC77"], "A123BC77", ("*BC77", "pattern")),
        ("a middle", ["A*7"], "A123BC77", ("A*7", "pattern")),
        ("nothing for a star", ["A123BC77*"], "A123BC77", ("A123BC77*", "pattern")),
        ("one character for a question mark", ["A???BC77"], "A123BC77", ("A???BC77", "pattern")),
        ("not none", ["A123BC77?"], "A123BC77", None),
        ("not two", ["A12?C77"], "A123BC77", None),
        ("itself before a pattern", ["A*", "A123BC77"], "A123BC77", ("A123BC77", "exact")),
        ("the first of two patterns", ["A1*", "A*"], "A123BC77", ("A1*", "pattern")),
        ("nothing on an empty list", [], "A123BC77", None),
    ],
)
def test_a_plate_is_named_by(what, plates, text, expected):
    assert found(plates, text) == expected


@pytest.mark.parametrize(
    ("what", "plates", "text", "expected"),
    [
        ("8 for B", ["A123BC77"], "A1238C77", ["A123BC77"]),
        ("O for 0", ["A100BC77"], "A1O0BC77", ["A100BC77"]),
        ("itself", ["A123BC77"], "A123BC77", []),
        ("two such characters", ["A100BC77"], "A1OOBC77", []),
        ("a character that nobody mistakes", ["A123BC77"], "A923BC77", []),
        ("one character less", ["A123BC77"], "A123BC7", []),
        ("two lines", ["A1238C77", "A123BC17"], "A123BC77", ["A1238C77", "A123BC17"]),
        ("the same line twice", ["A1238C77", "A1238C77"], "A123BC77", ["A1238C77"]),
        ("never a pattern", ["A1238*"], "A123BC77", []),
    ],
)
def test_alike(what, plates, text, expected):
    matches = list_of(*plates).find_alike(text, NOW)
    assert [match.entry.plate for match in matches] == expected
    assert {match.kind for match in matches} <= {"alike"}


def test_a_line_that_does_not_hold_now_names_nothing():
    entries = [ListEntry("A123BC77", "old", None, NOW), ListEntry("A*", "coming", NOW + HOUR)]
    assert PlateList(entries).find("A123BC77", NOW) is None
    assert PlateList(entries).find_alike("A1238C77", NOW) == ()


def test_of_two_lines_of_one_plate_the_one_that_holds_counts():
    entries = [ListEntry("A123BC77", "old", None, NOW), ListEntry("A123BC77", "new", NOW)]
    match = PlateList(entries).find("A123BC77", NOW)
    assert match is not None
    assert match.entry.note == "new"


def test_lines_are_counted():
    assert len(list_of("A1", "A*", "A1")) == 3


PATTERNS = st.text("A1B*?", min_size=1, max_size=6).map(lambda text: text.replace("**", "*"))


@given(st.lists(PATTERNS, max_size=5), st.text("A1B", min_size=1, max_size=6))
def test_patterns_mean_what_they_mean_for_file_names(patterns, text):
    expected = next((p for p in patterns if p == text), None) or next(
        (p for p in patterns if fnmatchcase(text, p)), None
    )
    match = list_of(*patterns).find(text, NOW)
    assert (match and match.entry.plate) == expected
