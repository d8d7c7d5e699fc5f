import numpy as np
import pytest

from traffic.plates.formats import COUNTRIES, formats_of
from traffic.plates.grammar import Grammar
from traffic.plates.symbols import NOTHING, SYMBOLS, column

RUSSIA, ALL = formats_of(["ru"]), formats_of(COUNTRIES)


def positions(*choices):
    """A network from {character: probability} dicts, "." for nothing, as each variant of an alphabet sees it."""
    table = np.full((len(choices), SYMBOLS), 1e-4)
    for row, given in enumerate(choices):
        for character, probability in given.items():
            table[row, NOTHING if character == "." else column(character)] = probability
    return np.log(table)


def plainly(text, **at):
    return positions(*[{each: 0.9} | at.get(f"at_{row}", {}) for row, each in enumerate(text)])


def texts(grammar, table):
    found = grammar.spellings(np.stack([table] * len(grammar.folds)))
    return {each.text: each for each in sorted(found, key=lambda each: each.score)}


def test_the_text_that_the_network_says_is_spelt_with_all_formats_it_fits():
    found = texts(Grammar(RUSSIA), plainly("AB123177"))
    assert {each.name for each in found["AB123177"].formats} == {"1B", "2", "6"}
    assert found["AB123177"].score == pytest.approx(8 * np.log(0.9))


def test_positions_may_be_empty():
    table = positions(*[{each: 0.9} for each in "A12"], {"9": 0.1, ".": 0.9}, *[{each: 0.9} for each in "3BC77"])
    assert "A123BC77" in texts(Grammar(RUSSIA), table)


@pytest.mark.parametrize(("only_known", "spelt"), [(True, False), (False, True)], ids=["only known", "any"])
def test_a_text_of_no_format_is_spelt_only_where_it_may_be(only_known, spelt):
    assert ("XXXX" in texts(Grammar(RUSSIA, only_known=only_known), plainly("XXXX"))) is spelt


def test_with_only_known_formats_the_unlikely_is_spelt_where_nothing_else_fits():
    found = texts(Grammar(RUSSIA, only_known=True), plainly("A1238C77", at_4={"B": 1e-3}))
    assert "A123BC77" in found
    assert all(any(fits.fits(text) for fits in RUSSIA) for text in found)


def test_every_spelling_of_known_formats_fits_those_it_names():
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = np.log(rng.dirichlet(np.full(SYMBOLS, 0.05), 8) + 1e-4)
        for each in Grammar(ALL, only_known=True).spellings(np.stack([table] * 3)):
            assert each.formats
            assert all(fits.fits(each.text) for fits in each.formats)


def test_longer_networks_than_any_plate_still_give_a_text():
    table = positions(*[{each: 0.6, ".": 0.4} for each in "A1A2A3A4A5A6A7A8A9"])
    assert texts(Grammar(RUSSIA), table)


def test_a_country_with_look_alikes_sees_its_own_letters():
    grammar = Grammar(ALL)
    assert len(grammar.folds) == 3  # as it is, Russia's and Belarus's
    spelt = np.stack([np.log(np.exp(plainly("A123QC77")) @ fold + 1e-6) for fold in grammar.folds])
    known = {each.text for each in grammar.spellings(spelt) if any(fits.country == "ru" for fits in each.formats)}
    assert "A123OC77" in known
