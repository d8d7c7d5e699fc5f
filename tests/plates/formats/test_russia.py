"""Plates as the standard writes them, against regular expressions made from its text."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.display import canonical_text, display_text
from traffic.plates.formats import PlateFormat, formats_of, matching_formats
from traffic.plates.formats.russia import FORMATS
from traffic.plates.formats.russia_regions import REGION_CODES

L = "[ABEKMHOPCTYX]"
STANDARD = {
    "1": rf"{L}\d{{3}}{L}{{2}}(?P<region>\d{{2,3}})",
    "1A": rf"{L}\d{{3}}{L}{{2}}(?P<region>\d{{2,3}})",
    "1B": rf"{L}{{2}}\d{{3}}(?P<region>\d{{2,3}})",
    "2": rf"{L}{{2}}\d{{4}}(?P<region>\d{{2,3}})",
    "3": rf"\d{{4}}{L}{{2}}(?P<region>\d{{2,3}})",
    "4": rf"\d{{4}}{L}{{2}}(?P<region>\d{{2,3}})",
    "4B": rf"{L}{{2}}\d{{2}}{L}{{2}}(?P<region>\d{{2,3}})",
    "5": rf"\d{{4}}{L}{{2}}(?P<military>\d{{2}})",
    "6": rf"{L}{{2}}\d{{4}}(?P<military>\d{{2}})",
    "7": rf"\d{{4}}{L}{{2}}(?P<military>\d{{2}})",
    "8": rf"\d{{4}}{L}{{2}}(?P<military>\d{{2}})",
    "9": r"\d{3}CD\d(?P<region>\d{2,3})",
    "10": r"\d{3}[DT]\d{3}(?P<region>\d{2,3})",
    "15": rf"{L}{{2}}\d{{3}}{L}(?P<region>\d{{2,3}})",
    "19": rf"T{L}{{2}}\d{{3}}(?P<region>\d{{2,3}})",
    "20": rf"{L}\d{{4}}(?P<region>\d{{2,3}})",
    "21": rf"\d{{3}}{L}(?P<region>\d{{2,3}})",
    "22": rf"\d{{4}}{L}(?P<region>\d{{2,3}})",
}
"""Section 4 of the standard, letter for letter."""
SHARED = {("1", "1A"), ("1B", "2"), ("1B", "6"), ("2", "6")} | set(itertools.permutations("34578", 2))
"""Types that one text may belong to, as the module says."""


def test_the_types_are_those_of_the_standard() -> None:
    assert {each.name for each in FORMATS} == set(STANDARD)
    assert {each.country for each in FORMATS} == {"ru"}


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("1", "A123BC77", "А 123 ВС 77"),
        ("1", "Y001XM799", "У 001 ХМ 799"),
        ("1", "K777KK323", "К 777 КК 323"),
        ("1A", "O050OO48", "О 050 ОО 48"),
        ("1B", "AB12377", "АВ 123 77"),
        ("1B", "TX999777", "ТХ 999 777"),
        ("2", "AB123477", "АВ 1234 77"),
        ("3", "1234AB77", "1234 АВ 77"),
        ("4", "0001MM50", "0001 ММ 50"),
        ("4B", "MM55AA77", "ММ 55 АА 77"),
        ("5", "1234AB21", "1234 АВ 21"),
        ("6", "AB123421", "АВ 1234 21"),
        ("7", "9876XX14", "9876 ХХ 14"),
        ("8", "9876XX14", "9876 ХХ 14"),
        ("9", "001CD177", "001 CD 1 77"),
        ("10", "004D12377", "004 D 123 77"),
        ("10", "166T00199", "166 Т 001 99"),
        ("15", "AB123C777", "АВ 123 С 777"),
        ("19", "TAB12378", "Т АВ 123 78"),
        ("20", "A123477", "А 1234 77"),
        ("21", "123A77", "123 А 77"),
        ("22", "1234A77", "1234 А 77"),
    ],
)
def test_a_plate_of_each_type(kind: str, text: str, shown: str) -> None:
    own = [each for each in FORMATS if each.name == kind and each.valid(text)]
    assert len(own) == 1
    assert own[0].display(text) == shown
    assert canonical_text(shown) == text
    assert own[0] in matching_formats(text, FORMATS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A123BC00", "region 00"),
        ("A123BC400", "no region 400"),
        ("A123BC7", "half a region"),
        ("A123BC", "no region"),
        ("A000BC77", "number 000"),
        ("AB000077", "number 0000 of a trailer"),
        ("Z123BC77", "Z is on no plate"),
        ("A12OBC77", "a letter for a digit"),
        ("А123ВС77", "Cyrillic letters: not canonical"),
        ("a123bc77", "lower case"),
        ("A123BC7777", "four digits of a region"),
        ("004E12377", "a diplomat's letter is D or T"),
        ("XAB12345X", "nothing"),
        ("", "nothing at all"),
    ],
)
def test_what_is_no_plate(text: str, wrong: str) -> None:
    assert matching_formats(text, FORMATS) == (), wrong


@pytest.mark.parametrize(
    ("text", "vehicle", "kinds"),
    [
        ("A123BC77", None, ["1", "1A"]),
        ("AB123177", None, ["1B", "2", "6"]),
        ("AB123177", "car", ["1B", "2", "6"]),
        ("AB123177", "articulated_truck", ["2", "6", "1B"]),
        ("1234AB77", None, ["4", "3", "5", "7", "8"]),
        ("1234AB77", "motorcycle", ["4", "8", "3", "5", "7"]),
        ("1234AB77", "truck", ["5", "4", "3", "7", "8"]),
        ("A123477", "bus", ["20"]),
    ],
)
def test_the_best_type_of_a_shared_text_comes_first(text: str, vehicle: str | None, kinds: list[str]) -> None:
    assert [each.name for each in matching_formats(text, FORMATS, vehicle)] == kinds


def texts_of(each: PlateFormat) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from(sorted(characters)) for characters in each.pattern)).map("".join)


PLATES = st.sampled_from(FORMATS).flatmap(texts_of)


def by_the_standard(text: str, kind: str) -> bool:
    match = re.fullmatch(STANDARD[kind], text)
    if match is None or re.search(r"(?<!\d)0{3,4}(?!\d)", text[: match.start(match.lastindex or 0)]):
        return False
    region = match.groupdict().get("region")
    return region in REGION_CODES if region else match["military"] != "00"


@given(PLATES)
def test_the_formats_hold_what_the_standard_holds(text: str) -> None:
    told = {each.name for each in matching_formats(text, FORMATS)}
    assert told == {kind for kind in STANDARD if by_the_standard(text, kind)}


@given(PLATES)
def test_no_two_types_share_a_text_unless_it_is_said(text: str) -> None:
    names = [each.name for each in matching_formats(text, FORMATS)]
    assert len(names) == len(set(names))
    assert all((a, b) in SHARED or (b, a) in SHARED for a, b in itertools.combinations(names, 2)), names


@given(PLATES)
def test_what_is_shown_reads_back(text: str) -> None:
    for each in matching_formats(text, FORMATS):
        assert canonical_text(each.display(text)) == text
    assert canonical_text(display_text(text, "ru")) == text


def test_russian_formats_come_by_their_country() -> None:
    assert formats_of(["ru"]) == FORMATS
