import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.display import canonical_text, display_text
from traffic.plates.formats import COUNTRIES, formats_of


@pytest.mark.parametrize(
    ("canonical", "shown"),
    [
        ("A123BC77", "А 123 ВС 77"),
        ("Y001XM799", "У 001 ХМ 799"),
        ("AB12377", "АВ 123 77"),
        ("WXY1234", "WXY1234"),
        ("A123BC666", "A123BC666"),
        ("A000BC77", "А 000 ВС 77"),
        ("", ""),
    ],
)
def test_a_russian_plate_is_shown_in_cyrillic_and_any_other_as_it_is(canonical, shown):
    assert display_text(canonical) == shown


@pytest.mark.parametrize(
    ("canonical", "country", "shown"),
    [
        ("A123BC77", "ru", "А 123 ВС 77"),
        ("AB12347", "by", "AB 1234-7"),
        ("AB12347", "ru", "АВ 123 47"),
        ("123ABC02", "kz", "123 ABC 02"),
        ("ABC1234", "br", "ABC-1234"),
        ("ABC1D23", "br", "ABC1D23"),
        ("ABC1234", "us", "ABC 1234"),
        ("AB123CD", "eu", "AB 123 CD"),
        ("XQ7ZZ1", "eu", "XQ7ZZ1"),
        ("A123BC77", "jp", "A123BC77"),
    ],
)
def test_a_known_country_writes_its_own_way(canonical, country, shown):
    assert display_text(canonical, country) == shown


@pytest.mark.parametrize(("kind", "shown"), [("2", "АВ 1231 77"), ("1B", "АВ 123 177"), ("none such", "АВ 123 177")])
def test_a_known_type_parts_a_text_that_two_types_share(kind, shown):
    assert display_text("AB123177", "ru", kind) == shown


@pytest.mark.parametrize(
    "typed", ["А 123 ВС 77", "а123вс77", "A123BC77", "a 123 bc 77", "А123ВС-77", "a·123–bc 77", " а 123\tвс\n77 "]
)
def test_either_alphabet_finds_the_same_plate(typed):
    assert canonical_text(typed) == "A123BC77"


PLATES = st.sampled_from(formats_of(COUNTRIES)).flatmap(
    lambda each: st.tuples(st.just(each), *(st.sampled_from(sorted(characters)) for characters in each.pattern))
)


@given(PLATES)
def test_what_is_shown_of_any_country_reads_back(plate):
    each, *characters = plate
    text = "".join(characters)
    assert each.fits(text)
    assert canonical_text(each.display(text)) == text
    for country in (None, *COUNTRIES):
        assert canonical_text(display_text(text, country)) == text
