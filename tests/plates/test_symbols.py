import numpy as np
import pytest
from builders import reading
from plates.readers import seen

from traffic.plates.symbols import (
    ALPHABET,
    LOOK_ALIKES,
    NOTHING,
    SYMBOLS,
    column,
    fold,
    folded,
    in_alphabet,
    written_slots,
)


def test_every_character_has_a_column_of_its_own_behind_nothing():
    assert sorted([NOTHING, *map(column, ALPHABET)]) == list(range(SYMBOLS))


@pytest.mark.parametrize(
    ("country", "text", "written"),
    [
        ("ru", "Q123NW77", "O123HM77"),
        ("by", "8314DM7", "8314OM7"),
        ("eu", "QNW", "QNW"),
        (None, "Q", "Q"),
        ("", "Q", "Q"),
    ],
)
def test_letters_that_a_country_lacks_are_written_as_its_own(country, text, written):
    assert folded(text, country) == written


def test_folding_moves_probability_and_loses_none():
    slot = np.random.default_rng(1).dirichlet(np.ones(SYMBOLS)).astype(np.float32)
    moved = slot @ fold(ALPHABET, "ru")
    assert moved.sum() == pytest.approx(1.0)
    assert moved[column("O")] == pytest.approx(sum(slot[column(each)] for each in "OQU"))
    assert all(moved[column(each)] == 0 for each in LOOK_ALIKES["ru"])


def test_a_country_without_look_alikes_folds_nothing():
    np.testing.assert_array_equal(fold(ALPHABET, "kz"), np.eye(SYMBOLS))


def test_another_alphabet_is_brought_into_our_columns():
    ours = in_alphabet(np.array([[0.1, 0.2, 0.3, 0.4]], np.float32), "BA_")
    assert [ours[0, each] for each in (NOTHING, column("A"), column("B"))] == pytest.approx([0.5, 0.3, 0.2])
    assert ours.sum() == pytest.approx(1.0)


def test_slots_in_which_nothing_is_written_fall_away():
    assert written_slots(seen("A12")).shape == (3, SYMBOLS)


def test_a_reading_without_slots_spreads_what_its_characters_leave():
    slots = written_slots(reading("A1", 0.64))
    assert slots.sum(axis=1) == pytest.approx([1, 1])
    assert slots[0, column("A")] == pytest.approx(0.64)
    assert slots[0, column("B")] == slots[0, NOTHING] == pytest.approx(0.01)
