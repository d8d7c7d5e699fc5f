import re
from collections import Counter

import numpy as np
import pytest

from traffic.simulation.plate_drawing.europe import (
    COUNTRIES,
    SIGNS,
    TWIN_SIGNS,
    Country,
    arms_of,
    groups_of,
    some_country,
)


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: f"{country.code} {country.patterns[0]}")
def test_a_country_s_texts_are_its_patterns_and_fit_ten_slots(country: Country) -> None:
    rng = np.random.default_rng(0)
    shapes = {re.sub("[A-Z]", "L", re.sub(r"\d", "#", " ".join(groups_of(country, rng)))) for _ in range(40)}
    assert shapes <= set(country.patterns)
    assert all(4 <= len(shape.replace(" ", "")) <= 10 for shape in shapes)


def test_letters_that_a_country_has_not_are_not_on_its_plates() -> None:
    rng = np.random.default_rng(1)
    (spain,) = (country for country in COUNTRIES if country.code == "E")
    assert not set("AEIOUQ") & set("".join("".join(groups_of(spain, rng)) for _ in range(300)))


def test_countries_come_as_often_as_their_shares_say() -> None:
    rng = np.random.default_rng(2)
    codes = Counter(some_country(rng).code for _ in range(1000))
    shares = Counter({country.code: 0.0 for country in COUNTRIES})
    for country in COUNTRIES:
        shares[country.code] += country.share
    assert codes["D"] / 1000 == pytest.approx(shares["D"] / sum(shares.values()), abs=0.04)


def test_some_plates_are_full_of_characters_that_only_their_neighbours_tell_apart() -> None:
    rng = np.random.default_rng(3)
    (slovakia,) = (country for country in COUNTRIES if country.code == "SK")
    rounds = ["".join(groups_of(slovakia, rng)).translate(str.maketrans("O", "0")).count("0") for _ in range(1500)]
    plain = np.array(rounds) < 4
    assert 0.01 < 1 - plain.mean() < 0.1


def test_the_signs_are_those_of_the_countries_each_once() -> None:
    assert set(SIGNS) == {country.code for country in COUNTRIES} - {""}
    assert len(set(SIGNS)) == len(SIGNS)
    assert set(SIGNS) >= TWIN_SIGNS


@pytest.mark.parametrize(("code", "different"), [("SK", 1), ("HR", 1), ("A", 20)])
def test_a_country_with_arms_of_its_own_always_shows_them_and_others_those_of_many_towns(
    code: str, different: int
) -> None:
    rng = np.random.default_rng(4)
    country = next(country for country in COUNTRIES if country.code == code)
    assert len({arms_of(country, rng) for _ in range(60)}) >= different
    assert different > 1 or len({arms_of(country, rng) for _ in range(60)}) == 1
