import pytest

from traffic.plates.display import canonical_text, display_text


@pytest.mark.parametrize(
    ("canonical", "shown"),
    [("A123BC77", "А 123 ВС 77"), ("Y001XM799", "У 001 ХМ 799"), ("WXY1234", "WXY1234"), ("", "")],
)
def test_a_russian_plate_is_shown_in_cyrillic_and_any_other_as_it_is(canonical, shown):
    assert display_text(canonical) == shown


@pytest.mark.parametrize("typed", ["А 123 ВС 77", "а123вс77", "A123BC77", "a 123 bc 77"])
def test_either_alphabet_finds_the_same_plate(typed):
    assert canonical_text(typed) == "A123BC77"
