import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.formats import matching_formats
from traffic.plates.formats.europe import FORMATS


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("AB123CD", "fr/it", "AB 123 CD"),
        ("AB12CDE", "gb", "AB12 CDE"),
        ("0000BBB", "es", "0000 BBB"),
        ("1A23456", "cz", "1A2 3456"),
        ("ABC123", "se/lt/fi/hu", "ABC 123"),
        ("AB12345", "dk/no/pl", "AB 12345"),
        ("CB1234AB", "bg", "CB 1234 AB"),
        ("MAB1234", "gr", "MAB 1234"),
    ],
)
def test_some_national_plates(text: str, kind: str, shown: str) -> None:
    best = matching_formats(text, FORMATS)[0]
    assert (best.country, best.name, best.display(text)) == ("eu", kind, shown)


@given(st.text(string.ascii_uppercase + string.digits, min_size=3, max_size=10))
def test_any_text_of_five_to_eight_with_a_letter_and_a_digit(text: str) -> None:
    letters = sum(character.isalpha() for character in text)
    expected = 5 <= len(text) <= 8 and 0 < letters < len(text)
    found = matching_formats(text, FORMATS)
    assert bool(found) is expected
    assert not found or found[-1].name == "any"


def test_no_two_national_formats_have_one_pattern() -> None:
    patterns = [each.pattern for each in FORMATS]
    assert len(patterns) == len(set(patterns))
