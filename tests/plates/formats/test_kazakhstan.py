import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.formats import matching_formats
from traffic.plates.formats.kazakhstan import FORMATS

REGION = "(0[1-9]|1[0-9]|20)"
SINCE_2012 = rf"(?!000)\d{{3}}[A-Z]{{2,3}}{REGION}|\d{{2}}[A-Z]{{2}}{REGION}"
BEFORE = r"[A-Z](?!000)\d{3}[A-Z]{2,3}"


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("123ABC02", "private", "123 ABC 02"),
        ("001QZW20", "private", "001 QZW 20"),
        ("777AA01", "organisation", "777 AA 01"),
        ("12AB17", "motorcycle", "12 AB 17"),
        ("A123BCD", "old private", "A 123 BCD"),
        ("Z001KP", "old organisation", "Z 001 KP"),
    ],
)
def test_a_plate_of_each_type(text: str, kind: str, shown: str) -> None:
    (only,) = matching_formats(text, FORMATS)
    assert (only.country, only.name, only.display(text)) == ("kz", kind, shown)


@pytest.mark.parametrize("text", ["123ABC00", "123ABC21", "000ABC02", "123ABC", "A000BCD", "ABC12302", "A123BC77"])
def test_what_is_no_plate(text: str) -> None:
    assert matching_formats(text, FORMATS) == ()


@given(st.from_regex(r"\d{2,3}[A-Z]{2,3}\d{2}|[A-Z]\d{3}[A-Z]{2,3}", fullmatch=True).filter(str.isascii))
def test_the_formats_hold_what_the_standard_holds(text: str) -> None:
    assert bool(matching_formats(text, FORMATS)) is bool(re.fullmatch(f"{SINCE_2012}|{BEFORE}", text))
