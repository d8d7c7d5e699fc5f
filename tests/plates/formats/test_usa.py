import pytest

from traffic.plates.formats import matching_formats
from traffic.plates.formats.usa import FORMATS


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("ABC1234", "LLL####", "ABC 1234"),
        ("7ABC123", "#LLL###", "7 ABC 123"),
        ("123ABC", "###LLL", "123 ABC"),
        ("A12B", "any", "A12B"),
        ("MYCAR1", "any", "MYCAR1"),
    ],
)
def test_a_plate(text: str, kind: str, shown: str) -> None:
    best = matching_formats(text, FORMATS)[0]
    assert (best.country, best.name, best.display(text)) == ("us", kind, shown)


@pytest.mark.parametrize("text", ["", "A1", "ABCD", "12345", "ABC12345"])
def test_what_is_no_plate(text: str) -> None:
    assert matching_formats(text, FORMATS) == ()
