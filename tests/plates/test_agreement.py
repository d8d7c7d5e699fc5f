import dataclasses

import pytest
from builders import reading
from plates.readers import seen

from traffic.plates.agreement import agreeing, best_of, best_single_reading, confidence, strength, strongest_first
from traffic.plates.consensus import PlateConsensus

CONSENSUS = PlateConsensus.uncalibrated()


def votes(*readings):
    return [CONSENSUS.vote(each) for each in readings]


def test_confidence_is_the_geometric_mean():
    assert confidence(dataclasses.replace(reading("AB"), probabilities=(0.9, 0.4))) == pytest.approx(0.6)
    assert confidence(reading("")) == 0.0


def test_strength_is_confidence_and_what_could_be_seen():
    assert strength(seen("A123BC77", 0.8, quality=0.5)) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("readings", "best"),
    [
        ([seen("A1", 0.9, quality=0.5), seen("A2", 0.8, quality=0.9)], "A2"),
        ([seen("A1", 0.9), seen("A2", 0.9)], "A1"),
        ([reading(""), seen("A2", 0.1)], "A2"),
    ],
    ids=["better seen", "the first of equals", "one is empty"],
)
def test_the_best_single_reading_is_the_strongest(readings, best):
    assert best_single_reading(readings).text == best


def test_without_a_text_there_is_no_best_reading():
    assert best_single_reading([reading("")]) is None


def test_the_strongest_of_the_commonest_length_is_first():
    short = seen("A12BC77", 0.99)
    full = [seen("A123BC77", 0.8), seen("A123BC77", 0.7)]
    ordered = strongest_first(votes(short, *full))
    assert [vote.reading.text for vote in ordered] == ["A123BC77", "A123BC77", "A12BC77"]


@pytest.mark.parametrize(("country", "count"), [("ru", 2), (None, 1)])
def test_readings_agree_as_the_country_writes(country, count):
    assert len(agreeing("A123OC77", country, votes(seen("A123OC77"), seen("A123QC77"), seen("A123BC77")))) == count


def test_the_best_of_a_text_that_nobody_read_differs_least_from_it():
    readings = [(seen(text), weight) for text, weight in (("B124BC77", 0.9), ("A124BC77", 0.2), ("A12", 1.0))]
    assert best_of("A123BC77", "ru", readings).text == "A124BC77"
