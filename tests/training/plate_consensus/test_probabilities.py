import numpy as np
import pytest
from plates.readers import seen

from traffic.plates.calibration import Calibration, Features, Weights, probability
from traffic.plates.recorded import KnownPassage
from traffic.training.plate_consensus.probabilities import Outcome, fitted_calibration, outcomes


def features(share=0.9, confidence=0.9):
    return Features(share, 3, 2.0, 0.0, 2.0, confidence, 2.0, 0)


def told(share, truth, seed, count=4000):
    """Outcomes of consensuses that claim `share` of themselves and are right as often as `truth` says."""
    rng = np.random.default_rng(seed)
    right = rng.random(count) < truth
    return [Outcome(features(share), bool(each), not each) for each in right]


@pytest.mark.parametrize("truth", [0.55, 0.7, 0.9])
def test_overconfident_shares_are_brought_down_to_what_came_true(truth):
    seen_so_far = told(0.99, truth, 1)
    fitted = fitted_calibration(seen_so_far)
    assert probability(seen_so_far[0].features, fitted) == pytest.approx(truth, abs=0.03)


def test_a_surer_reading_is_told_from_a_doubtful_one():
    rng = np.random.default_rng(2)
    sureness = rng.uniform(0.3, 0.99, 4000).tolist()
    seen_so_far = [Outcome(features(0.9, each), bool(rng.random() < each), False) for each in sureness]
    fitted = fitted_calibration(seen_so_far)
    for each in (0.4, 0.6, 0.9):
        assert probability(features(0.9, each), fitted) == pytest.approx(each, abs=0.06)


def test_what_speaks_for_a_text_never_counts_against_it():
    rng = np.random.default_rng(3)
    sureness = rng.uniform(0.3, 0.99, 2000).tolist()
    backwards = [Outcome(features(each, each), bool(rng.random() > each), False) for each in sureness]
    fitted = fitted_calibration(backwards)
    assert (fitted.log_odds, fitted.confidence) == (0.0, 0.0)


def test_with_nothing_seen_nothing_is_changed():
    fitted = fitted_calibration([])
    assert fitted.model_copy(update={"alternatives": 0.8}) == Calibration()
    assert fitted.alternatives == 0.5


def test_how_often_the_truth_is_among_the_others_is_counted():
    wrong = [Outcome(features(0.5), is_right=False, is_among_others=each < 3) for each in range(6)]
    assert fitted_calibration(wrong).alternatives == 0.5


def test_the_outcomes_of_passages_that_were_read():
    known = [
        KnownPassage("right", "A123BC77", "ru", "", (seen("A123BC77"),) * 2),
        KnownPassage("second", "A128BC77", "ru", "", (seen("A123BC77", 0.55, instead="A128BC77"),)),
        KnownPassage("never read", "A123BC77", "ru", "", ()),
    ]
    found = outcomes(known, Weights())
    assert [(each.is_right, each.is_among_others) for each in found] == [(True, False), (False, True)]
    assert found[0].features.agreeing == 2
