from __future__ import annotations

import numpy as np
import pytest
from filterpy.common import Q_continuous_white_noise
from filterpy.kalman import KalmanFilter
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic.tracking import kalman


def _oracle(position: float, variance: float, velocity_variance: float) -> KalmanFilter:
    oracle = KalmanFilter(dim_x=2, dim_z=1)
    oracle.x = np.array([[position], [0.0]])
    oracle.P = np.diag([variance, velocity_variance])
    oracle.H = np.array([[1.0, 0.0]])
    return oracle


def _state(oracle: KalmanFilter) -> list[float]:
    return [oracle.x[0, 0], oracle.x[1, 0], oracle.P[0, 0], oracle.P[0, 1], oracle.P[1, 1]]


def test_a_batch_equals_one_filterpy_filter_per_coordinate():
    rng = np.random.default_rng(0)
    shape = (6, 4)
    first, variance, speed = rng.normal(500, 200, shape), rng.uniform(1, 30, shape), rng.uniform(10, 900, shape)
    density = rng.uniform(1, 400, shape)
    moments = kalman.start(first, variance, speed)
    oracles = [_oracle(*values) for values in zip(first.flat, variance.flat, speed.flat, strict=True)]
    for _ in range(60):
        dt_s = float(rng.choice([0.04, 0.08, 0.2, 1.3]))
        kalman.predict(moments, dt_s, density)
        measured, noise = rng.normal(500, 200, shape), rng.uniform(1, 50, shape)
        kalman.correct(moments, measured, noise)
        for oracle, q, z, r in zip(oracles, density.flat, measured.flat, noise.flat, strict=True):
            oracle.predict(
                F=np.array([[1.0, dt_s], [0.0, 1.0]]), Q=Q_continuous_white_noise(dim=2, dt=dt_s, spectral_density=q)
            )
            oracle.update(np.array([[z]]), R=np.array([[r]]))
        expected = np.array([_state(oracle) for oracle in oracles]).T.reshape(5, *shape)
        np.testing.assert_allclose(moments, expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(
    dt_s=st.floats(0.001, 10),
    share=st.floats(0.01, 0.99),
    variances=st.tuples(st.floats(0.01, 100), st.floats(0, 1000), st.floats(0, 1000)),
    velocity=st.floats(-500, 500),
)
def test_two_short_steps_are_one_long_step(dt_s, share, variances, velocity):
    variance, velocity_variance, density = (np.array([[value]]) for value in variances)
    moments = kalman.start(np.array([[100.0]]), variance, velocity_variance)
    moments[1] = velocity
    halves = moments.copy()
    kalman.predict(halves, share * dt_s, density)
    kalman.predict(halves, (1 - share) * dt_s, density)
    kalman.predict(moments, dt_s, density)
    np.testing.assert_allclose(halves, moments, rtol=1e-9, atol=1e-9)


def test_the_speed_of_a_steady_vehicle_is_learned_alike_at_every_frame_rate():
    learned = []
    for fps in (25, 5):
        moments = kalman.start(np.array([[0.0]]), np.array([[4.0]]), np.array([[1e4]]))
        for i in range(1, 2 * fps + 1):
            kalman.predict(moments, 1 / fps, np.array([[1.0]]))
            kalman.correct(moments, np.array([[300.0 * i / fps]]), np.array([[4.0]]))
        learned.append(moments[1].item())
    assert learned == [pytest.approx(300, rel=0.01)] * 2


def test_covariances_stay_positive_over_a_long_life():
    moments = kalman.start(np.zeros((1, 1)), np.ones((1, 1)), np.full((1, 1), 100.0))
    for _ in range(20_000):
        kalman.predict(moments, 0.04, np.full((1, 1), 0.01))
        kalman.correct(moments, np.zeros((1, 1)), np.ones((1, 1)))
    _, _, variance, covariance, velocity_variance = moments[:, 0, 0]
    assert variance > 0
    assert velocity_variance > 0
    assert variance * velocity_variance > covariance**2


def test_what_was_not_measured_stays_as_it_was():
    moments = kalman.start(np.full(3, 7.0), np.full(3, 4.0), np.full(3, 9.0))
    kalman.predict(moments, 0.5, np.full(3, 2.0))
    before = moments.copy()
    kalman.correct(moments, np.array([1.0, 2.0, 3.0]), np.array([np.inf, 1.0, np.inf]))
    np.testing.assert_array_equal(moments[:, [0, 2]], before[:, [0, 2]])
    assert (moments[:, 1] != before[:, 1]).all()


def test_no_track_is_nothing_special():
    none = kalman.start(np.zeros((2, 0)), np.zeros((2, 0)), np.zeros((2, 0)))
    kalman.predict(none, 0.04, np.zeros((2, 0)))
    kalman.correct(none, np.zeros((2, 0)), np.ones((2, 0)))
    assert none.shape == (5, 2, 0)
