"""Ways with known speeds: 25 positions a second, each known to 0.1 m."""

import numpy as np
import pytest

from traffic.scene.steadiness import Line, covered_m, unsteadiness_mps


def line(speeds, *, noise=0.0, seed=0):
    """From the speed in each twenty-fifth of a second."""
    metres = np.concatenate([[0.0], np.cumsum(np.array(speeds, float) / 25)])
    metres += np.random.default_rng(seed).normal(0, 1, len(metres)) * noise
    return Line(np.arange(len(metres)) / 25, metres, np.full(len(metres), 0.1))


def test_noise_alone_is_steady():
    assert [unsteadiness_mps(line([15] * 60, noise=0.1, seed=seed), 15.0) for seed in range(200)] == [0.0] * 200


def test_more_noise_than_was_promised_is_noise_still():
    told = np.array([unsteadiness_mps(line([15] * 60, noise=0.4, seed=seed), 15.0) for seed in range(200)])
    assert np.mean(told > 0) < 0.02


@pytest.mark.parametrize(
    ("what", "speeds", "told", "at_least"),
    [
        ("a stop at the end", [13] * 50 + [0] * 100, 5.0, 4.0),
        ("a stop inside", [13] * 30 + [0] * 40 + [13] * 30, 8.0, 3.0),
        ("braking with 7 m/s2", np.linspace(17, 3, 50), 12.0, 3.0),
        ("a jump to a vehicle ahead", [15] * 20 + [200] + [15] * 20, 18.0, 3.0),
        ("turning round", [10] * 40 + [-10] * 40, 1.0, 8.0),
    ],
)
def test_no_single_speed_describes(what, speeds, told, at_least):
    assert unsteadiness_mps(line(speeds, noise=0.05), told) > at_least


@pytest.mark.parametrize("outliers", [[5], [5, 20, 40], [0, 60]])
def test_boxes_that_jumped_make_nothing_unsteady(outliers):
    steady = line([15] * 60, noise=0.05)
    steady.metres[outliers] += 4.0
    assert unsteadiness_mps(steady, 15.0) == 0.0


@pytest.mark.parametrize(
    ("speeds", "metres"),
    [
        ([15] * 50, 30.0),
        ([-15] * 50, 30.0),
        ([13] * 50 + [0] * 100, 26.0),
        ([0] * 250 + [13] * 50, 26.0),
        ([12] * 5, 2.4),
        ([13] * 25 + [0] * 2000 + [13] * 25, 26.0),
    ],
)
def test_the_way_between_the_ends(speeds, metres):
    assert covered_m(line(speeds)) == pytest.approx(metres, rel=1e-6)
    assert covered_m(line(speeds, noise=0.05)) == pytest.approx(metres, abs=0.2)
