"""The fit alone, on positions in metres; tests of what it makes of pixels are with the speed."""

import math

import numpy as np
import pytest

from traffic.scene.constant_velocity import constant_velocity

PTS_NS = np.arange(40, dtype=np.int64) * 40_000_000


def fitted(velocity, *, sigma=0.1, noise=0.0, seed=0, moved=()):
    metres = (PTS_NS / 1e9)[:, None] * np.array(velocity, float)
    metres += np.random.default_rng(seed).normal(0, 1, metres.shape) * noise
    metres[list(moved)] += 5.0
    return constant_velocity(PTS_NS, metres, np.tile(np.eye(2) * sigma**2, (len(PTS_NS), 1, 1)))


@pytest.mark.parametrize(
    ("velocity", "speed", "heading"), [((0, 20), 20, 0), ((0, -20), 20, 180), ((3, 4), 5, 36.87), ((-7, 0), 7, -90)]
)
def test_an_exact_way_gives_its_velocity(velocity, speed, heading):
    told = fitted(velocity)
    assert told.speed_mps == pytest.approx(speed)
    assert told.heading_deg == pytest.approx(heading, abs=0.01)
    assert told.distance_m == pytest.approx(speed * 1.56)
    assert (told.start_pts_ns, told.end_pts_ns) == (0, 1_560_000_000)


def test_the_standard_error_is_that_of_the_textbook_slope():
    seconds = PTS_NS / 1e9
    textbook = 0.1 / math.sqrt(((seconds - seconds.mean()) ** 2).sum())
    for noise, times in ((0.05, 1), (0.1, 1), (0.5, 5)):
        told = [fitted((0, 20), noise=noise, seed=seed).standard_error_mps for seed in range(50)]
        assert min(told) > 0.8 * times * textbook
        assert np.median(told) < 1.5 * times * textbook


def test_positions_that_are_far_off_hardly_count():
    assert fitted((0, 20), noise=0.05, moved=(3, 12)).speed_mps == pytest.approx(20, rel=0.01)
