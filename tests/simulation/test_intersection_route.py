from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.intersection_route import route, schedule


def test_a_straight_way_is_as_long_as_it_is_and_heads_where_it_leads():
    straight = route([(0.0, 0.0), (0.0, 50.0)])
    places, headings = straight.at(np.array([0.0, 12.0, 49.0]))
    assert straight.length_m == pytest.approx(50, abs=0.5)
    np.testing.assert_allclose(places, [[0, 0], [0, 12], [0, 49]], atol=1e-9)
    np.testing.assert_allclose(headings, [[0, 1]] * 3, atol=1e-9)


def test_a_corner_is_rounded_and_shorter_than_its_two_sides():
    turn = route([(0.0, 0.0), (0.0, 20.0), (20.0, 20.0)], radius_m=6.0)
    places, headings = turn.at(np.array([5.0, turn.length_m - 3]))
    assert 30 < turn.length_m < 40
    np.testing.assert_allclose(headings, [[0, 1], [1, 0]], atol=1e-6)
    assert np.linalg.norm(turn.points - [0, 20], axis=1).min() > 1.5
    assert places[1][1] == pytest.approx(20)


def test_a_stop_takes_as_long_and_as_far_as_the_phases_say():
    stop = schedule(2.0, [(4.0, 0.0), (60.0, 0.0), (5.0, 10.0)], speed_mps=10.0)
    assert stop.at(1.9) is None
    assert stop.at(2.0) == 0
    assert stop.at(6.0) == pytest.approx(20, abs=0.01)
    assert stop.at(65.9) == pytest.approx(20, abs=0.01)
    assert stop.at(71.0) == pytest.approx(45, abs=0.01)
    assert stop.at(71.1) is None
