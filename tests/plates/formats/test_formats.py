"""All countries together."""

import itertools
from pathlib import Path

import pytest

from traffic.errors import ConfigError
from traffic.plates.confusions import CONFUSIONS
from traffic.plates.formats import COUNTRIES, formats_of, matching_formats

SLOTS = 10


def test_the_countries_that_a_config_may_name():
    assert COUNTRIES == ("ru", "kz", "by", "eu", "us", "br")
    for country in COUNTRIES:
        assert {each.country for each in formats_of([country])} == {country}


def test_formats_come_in_the_order_of_the_countries():
    countries = [each.country for each in formats_of(["by", "ru", "by"])]
    assert [country for country, _ in itertools.groupby(countries)] == ["by", "ru"]
    assert formats_of([]) == ()


def test_an_unknown_country_is_refused_with_those_that_are_known():
    with pytest.raises(ConfigError, match=r"ru, kz, by, eu, us, br, got 'de'"):
        formats_of(["ru", "de"])


@pytest.mark.parametrize("each", formats_of(COUNTRIES), ids=lambda each: f"{each.country} {each.name}")
def test_every_format_is_whole(each):
    assert sum(each.groups) == len(each.pattern) <= SLOTS
    assert len(each.separators) == len(each.groups) - 1
    assert all(each.pattern)
    assert all(len(code) == each.groups[-1] for code in each.regions)


def test_one_text_in_several_countries():
    told = [(each.country, each.name) for each in matching_formats("AB12347", formats_of(["by", "ru"]))]
    assert told == [("by", "lorry"), ("ru", "1B")]


def test_every_format_is_described_for_people():
    text = (Path(__file__).parents[3] / "docs" / "plate-formats.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in text.splitlines() if line.startswith("| ")]
    told = {(country, name) for country, names in rows for name in names.replace("`", "").split(", ")}
    named = {(each.country, each.name) for each in formats_of(["ru", "kz", "by", "br"])}
    assert named <= told
    for group in CONFUSIONS:
        assert f"`{group}`" in text
