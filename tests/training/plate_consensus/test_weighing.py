import pytest
from plates.readers import blurred, seen

from traffic.plates.calibration import ConsensusCard, Weights
from traffic.plates.recorded import KnownPassage
from traffic.training.plate_consensus.weighing import consensus_with, fitted_weights, mean_log_share

LEFT_OUT = KnownPassage("left out", "A123BC77", "ru", "", ())


def passage(name, text, *readings):
    return KnownPassage(name, text, "ru", "", readings)


FAR_AND_WRONG = [
    passage(
        str(number),
        "A123BC77",
        seen("A123BC77", 0.8, quality=0.9),
        *[seen("A128BC77", 0.8, quality=0.2, pts_ns=each) for each in range(3)],
    )
    for number in range(3)
]


def test_where_bad_views_are_wrong_the_strongest_reading_is_made_to_dominate():
    start = Weights(dominance=0.0, confidence_power=0.0)
    told = []
    fitted = fitted_weights([*FAR_AND_WRONG, LEFT_OUT], start, 1, told.append)
    assert fitted.dominance > 0
    assert mean_log_share(FAR_AND_WRONG, fitted) > mean_log_share(FAR_AND_WRONG, start)
    plates = [consensus_with(ConsensusCard(weights=fitted)).plate(each.readings) for each in FAR_AND_WRONG]
    assert {plate.text for plate in plates} == {"A123BC77"}
    assert len(told) == 8


def test_a_plate_that_is_read_surely_has_nearly_all_of_the_share():
    sure = [passage("one", "A123BC77", *[seen("A123BC77", 0.99)] * 4)]
    assert mean_log_share(sure, Weights()) == pytest.approx(0.0, abs=0.05)


def test_a_plate_that_was_never_read_has_the_least_share():
    other = [passage("one", "M908TX199", blurred("A123BC77", seed=1, certainty=0.9))]
    assert mean_log_share(other, Weights()) < -7
