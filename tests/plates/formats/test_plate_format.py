"""Formats from their layouts."""

import string

import pytest

from traffic.plates.formats.plate_format import Country, PlateFormat, matching_formats

LAND = Country("xx", frozenset("AB"), frozenset({"1", "22", "33"}))


def test_a_layout_gives_one_format_a_region_length():
    short, long = LAND.formats("a", "private", "L ##-R")
    assert (short.groups, long.groups) == ((1, 2, 1), (1, 2, 2))
    assert short.separators == long.separators == (" ", "-")
    assert short.pattern == (frozenset("AB"), frozenset(string.digits), frozenset(string.digits), frozenset("1"))
    assert long.pattern[3:] == (frozenset("23"), frozenset("23"))


@pytest.mark.parametrize(
    ("text", "fits", "valid"),
    [
        ("A1222", True, True),
        ("A1223", True, False),
        ("A1244", False, False),
        ("C1222", False, False),
        ("A122", False, False),
        ("A0022", True, True),
        ("", False, False),
    ],
)
def test_a_text_fits_by_its_characters_and_is_valid_by_its_region(text, fits, valid):
    long = LAND.formats("a", "private", "L ## R")[1]
    assert (long.fits(text), long.valid(text)) == (fits, valid)


def test_a_number_of_three_digits_or_more_is_not_zero():
    (plate,) = LAND.formats("a", "private", "### L")
    assert plate.valid("001A")
    assert not plate.valid("000A")


def test_zero_is_issued_where_the_country_does_so():
    (plate,) = Country("xx", from_one=False).formats("a", "private", "#### LLL")
    assert plate.valid("0000BBB")


def test_letters_that_stand_for_themselves():
    (plate,) = LAND.formats("a", "embassy", "CD ##")
    assert plate.valid("CD12")
    assert not plate.fits("AB12")
    assert plate.display("CD12") == "CD 12"


def test_a_group_with_a_letter_that_cyrillic_has_not_stays_latin():
    (plate,) = Country("xx", cyrillic=True).formats("a", "embassy", "### CD LL")
    assert plate.display("123CDTX") == "123 CD ТХ"


def test_some_characters_may_be_required():
    plate = PlateFormat("xx", "any", "any", (frozenset("A1"),) * 2, (2,), (), contains=(frozenset("A"), frozenset("1")))
    assert [text for text in ("AA", "A1", "1A", "11") if plate.valid(text)] == ["A1", "1A"]


def test_the_order_of_countries_counts_before_the_vehicle():
    lorry = LAND.formats("lorry", "lorry", "L ##", vehicles=["truck"])
    car = LAND.formats("car", "car", "L ##", vehicles=["car"])
    other = Country("yy", frozenset("AB")).formats("lorry", "lorry", "L ##", vehicles=["truck"])
    formats = (*car, *lorry, *other)
    names = [(each.country, each.name) for each in matching_formats("A12", formats, "truck")]
    assert names == [("xx", "lorry"), ("xx", "car"), ("yy", "lorry")]
    assert matching_formats("A12", formats) == formats
    assert matching_formats("A1", formats) == ()
