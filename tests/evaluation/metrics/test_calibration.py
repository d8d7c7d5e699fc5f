import numpy as np
import pytest

from traffic.evaluation.metrics.calibration import BINS, calibration


def test_of_plates_called_nine_tenths_nine_of_ten_are_right() -> None:
    measured = calibration([0.9] * 10, [True] * 9 + [False])
    assert measured.expected_error == pytest.approx(0.0)
    assert measured.brier == pytest.approx(0.09)
    assert [(each.count, each.accuracy) for each in measured.bins] == [(10, 0.9)]


@pytest.mark.parametrize(
    ("told", "came", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),
        ([0.8] * 4, [True, True, False, False], 0.3),
        ([0.95] * 3 + [0.05], [True, True, True, True], (3 * 0.05 + 0.95) / 4),
    ],
)
def test_error_is_the_distance_of_what_was_told_from_what_came(
    told: list[float], came: list[bool], error: float
) -> None:
    assert calibration(told, came).expected_error == pytest.approx(error)


def test_overconfidence_above_and_below_does_not_cancel_between_bins() -> None:
    assert calibration([0.2, 0.8], [True, False]).expected_error == pytest.approx(0.8)


def test_outcomes_drawn_with_their_probabilities_are_calibrated() -> None:
    rng = np.random.default_rng(0)
    told = rng.random(20_000)
    measured = calibration(told.tolist(), (rng.random(20_000) < told).tolist())
    assert measured.expected_error is not None
    assert measured.expected_error < 0.015
    assert sum(each.count for each in measured.bins) == 20_000
    assert len(measured.bins) == BINS


def test_borders_belong_to_the_bin_below_and_the_ends_to_some_bin() -> None:
    measured = calibration([0.0, 1 / BINS, 1.0], [False, False, True])
    assert [(round(each.low * BINS), each.count) for each in measured.bins] == [(0, 2), (BINS - 1, 1)]


def test_of_nothing_nothing_is_told() -> None:
    measured = calibration([], [])
    assert (measured.count, measured.expected_error, measured.brier, measured.bins) == (0, None, None, ())
