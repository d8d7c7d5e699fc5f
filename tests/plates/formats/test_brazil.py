import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.formats import matching_formats
from traffic.plates.formats.brazil import FORMATS


@pytest.mark.parametrize(
    ("text", "kind", "shown"), [("BRA2E19", "mercosul", "BRA2E19"), ("ABC1234", "old", "ABC-1234")]
)
def test_a_plate_of_each_type(text: str, kind: str, shown: str) -> None:
    (only,) = matching_formats(text, FORMATS)
    assert (only.country, only.name, only.display(text)) == ("br", kind, shown)


@pytest.mark.parametrize("text", ["ABC0000", "AB12345", "ABC123", "ABC12DE"])
def test_what_is_no_plate(text: str) -> None:
    assert matching_formats(text, FORMATS) == ()


@given(st.from_regex(r"[A-Z]{3}[0-9][A-Z0-9][0-9]{2}", fullmatch=True))
def test_the_two_patterns(text: str) -> None:
    assert bool(matching_formats(text, FORMATS)) is bool(re.fullmatch(r"[A-Z]{3}(\d[A-Z]\d\d|(?!0000)\d{4})", text))
