import numpy as np
import pytest
from plates.readers import seen

from traffic.plates.calibration import Weights
from traffic.plates.formats import formats_of, matching_formats
from traffic.plates.grammar import Spelling
from traffic.plates.ranking import FormatPriors

FORMATS = formats_of(["ru", "eu"])


def ranked(*spelt, weights=None, said=None):
    priors = FormatPriors(FORMATS, weights or Weights())
    return priors.ranked(spelt, np.zeros(2) if said is None else np.array(said))


def spelling(text, score=0.0, known=True):
    return Spelling(text, score, tuple(each for each in FORMATS if known and each.fits(text)))


def test_the_shares_fall_and_sum_to_one():
    found = ranked(spelling("A123BC77", -1.0), spelling("A128BC77", -2.0), spelling("A123BC7", -3.0))
    assert [each.text for each in found] == ["A123BC77", "A128BC77", "A123BC7"]
    assert sum(each.share for each in found) == pytest.approx(1.0)


def test_each_text_is_told_once_with_its_best_format():
    found = ranked(spelling("A123BC77"), spelling("A123BC77", known=False))
    assert [(each.text, each.country, each.format.name) for each in found] == [("A123BC77", "ru", "1")]


def test_a_region_that_was_never_issued_counts_against_a_text():
    assert not matching_formats("A123BC00", formats_of(["ru"]))
    first, second = ranked(spelling("A123BC00"), spelling("A123BC77"))
    assert (first.text, second.text) == ("A123BC77", "A123BC00")


def test_a_text_without_a_format_has_no_country():
    (found,) = ranked(spelling("XXXXXXXXXX", known=False))
    assert (found.format, found.country) == (None, None)


@pytest.mark.parametrize(("said", "country"), [((0.0, -4.0), "ru"), ((-4.0, 0.0), "eu"), ((0.0, 0.0), "ru")])
def test_the_reader_and_then_the_order_of_countries_decide_between_formats(said, country):
    plain = Weights(format_temper=0.0)
    (found,) = ranked(spelling("AB12377"), weights=plain, said=said)
    assert found.country == country


def test_a_reader_that_tells_no_country_tells_them_not_apart():
    priors = FormatPriors(FORMATS, Weights())
    silent, russian = (priors.said(seen("A123BC77", country=each)) for each in ("", "ru"))
    assert silent.tolist() == [0.0, 0.0]
    assert russian[0] > russian[1]


def test_nothing_spelt_is_nothing_ranked():
    assert ranked() == []
