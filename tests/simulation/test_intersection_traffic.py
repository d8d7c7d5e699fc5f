from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from traffic.simulation.intersection_traffic import (
    CENTRE_Y_M,
    CLEAR_S,
    GREEN_S,
    STOP_M,
    crossing,
    intersection_traffic,
    is_green,
)


@pytest.fixture(scope="module")
def actors():
    return intersection_traffic(3, 60.0, 90.0)


@pytest.mark.parametrize(
    ("arm", "movement", "from_side", "to_side"),
    [
        (0, "straight", "near", "far"),
        (0, "left", "near", "left"),
        (0, "right", "near", "right"),
        (0, "round", "near", "near"),
        (1, "straight", "right", "left"),
        (2, "straight", "far", "near"),
        (3, "left", "left", "far"),
    ],
)
def test_where_the_lanes_lead(arm, movement, from_side, to_side):
    def side(point):
        x, y = point[0], point[1] - CENTRE_Y_M
        return ("right" if x > 0 else "left") if abs(x) > abs(y) else ("far" if y > 0 else "near")

    points = crossing(arm, 0, movement).points
    assert (side(points[0]), side(points[-1])) == (from_side, to_side)


def test_one_arm_at_a_time_has_green():
    greens = [[is_green(arm, t) for arm in range(4)] for t in np.arange(0, 4 * (GREEN_S + CLEAR_S), 0.5)]
    assert max(sum(each) for each in greens) == 1
    assert np.array(greens).any(axis=0).all()


def test_the_same_seed_gives_the_same_traffic(actors):
    again = intersection_traffic(3, 60.0, 90.0)
    assert [a.schedule.distance_m.tolist() for a in actors] == [a.schedule.distance_m.tolist() for a in again]


def test_nobody_drives_backwards_and_followers_keep_their_distance(actors):
    assert all((np.diff(actor.schedule.distance_m) >= 0).all() for actor in actors)
    for ahead, behind in pairwise(actors):
        if not np.array_equal(ahead.route.points[0], behind.route.points[0]):
            continue
        shared = [t for t in np.arange(0, 60, 0.5) if ahead.schedule.at(t) is not None and behind.schedule.at(t)]
        gaps = [ahead.schedule.at(t) - behind.schedule.at(t) for t in shared]
        assert min(gaps, default=99) > (ahead.size[1] + behind.size[1]) / 2


def test_some_wait_at_red_before_the_line(actors):
    waits = [actor for actor in actors if (np.diff(actor.schedule.distance_m) < 1e-3).sum() > 50]
    assert waits
    for actor in waits:
        still = actor.schedule.distance_m[:-1][np.diff(actor.schedule.distance_m) < 1e-3]
        assert still.max() < STOP_M + 1
