import pytest
from builders import reading

from traffic.plates.consensus import PlateVotes


@pytest.mark.parametrize(
    ("readings", "text", "agreeing"),
    [
        ([("A123BC77", 0.9)], "A123BC77", 1),
        ([("A123BC77", 0.9), ("A123BC77", 0.8), ("A128BC77", 0.9)], "A123BC77", 2),
        ([("A123BC77", 0.6)] * 3 + [("A123BC7", 0.9)], "A123BC77", 3),
        ([("A123BC77", 0.9), ("A124BC77", 0.9), ("A123BC78", 0.9)], "A123BC77", 1),
    ],
    ids=["one reading", "two against one", "a short misreading", "each wrong somewhere else"],
)
def test_the_readings_vote_character_by_character(readings, text, agreeing):
    votes = PlateVotes()
    for value, probability in readings:
        votes.add(reading(value, probability))
    plate = votes.consensus()
    assert (plate.text, plate.readings) == (text, agreeing)


def test_one_reading_alone_is_never_certain_and_two_agreeing_may_be():
    votes = PlateVotes()
    votes.add(reading("A123BC77", 1.0))
    assert votes.consensus().probability <= 0.5
    votes.add(reading("A123BC77", 1.0))
    assert votes.consensus().probability == pytest.approx(1.0)


def test_disagreement_lowers_the_probability():
    votes = PlateVotes()
    for text in ("A123BC77", "A123BC77", "A928BC77"):
        votes.add(reading(text, 0.99))
    assert votes.consensus().probability == pytest.approx(0.99**6 * (0.99 * 2 / 3) ** 2)


def test_the_best_reading_is_the_surest_that_agrees():
    votes = PlateVotes()
    for pts_ns, (text, probability) in enumerate([("A123BC77", 0.7), ("A123BC77", 0.9), ("B123BC77", 0.95)]):
        votes.add(reading(text, probability, pts_ns=pts_ns))
    assert votes.consensus().best.pts_ns == 1


def test_nothing_read_is_no_plate():
    votes = PlateVotes()
    votes.add(reading(""))
    assert votes.consensus() is None
    assert len(votes) == 0
