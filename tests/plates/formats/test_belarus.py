import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.formats import matching_formats
from traffic.plates.formats.belarus import FORMATS

L = "[ABEIKMHOPCTX]"
NUMBER = r"(?!0000)\d{4}"
STANDARD = f"({NUMBER}{L}{L}|{L}{L}{NUMBER}|E(?!000)[0-9]{{3}}{L}{L}|{L}{NUMBER}{L})[0-8]"


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("1234AB7", "private", "1234 AB-7"),
        ("0001IX0", "private", "0001 IX-0"),
        ("AB12347", "lorry", "AB 1234-7"),
        ("E123AB5", "electric", "E 123 AB-5"),
        ("A1234B1", "trailer", "A 1234 B-1"),
    ],
)
def test_a_plate_of_each_type(text: str, kind: str, shown: str) -> None:
    (only,) = matching_formats(text, FORMATS)
    assert (only.country, only.name, only.display(text)) == ("by", kind, shown)


@pytest.mark.parametrize("text", ["1234AB9", "0000AB7", "1234AY7", "1234AB", "1234AB77", "X123AB5"])
def test_what_is_no_plate(text: str) -> None:
    assert matching_formats(text, FORMATS) == ()


@given(st.from_regex(r"[0-9ABEIKMHOPCTXYZ]{5}[0-9ABI][0-9]", fullmatch=True))
def test_the_formats_hold_what_the_standard_holds(text: str) -> None:
    assert bool(matching_formats(text, FORMATS)) is bool(re.fullmatch(STANDARD, text))
