"""Counting lines: a line from (100, 200) to (300, 200), drawn from left to right, 10 px of hysteresis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.datatypes import LineCrossing, Tracks, Trajectory
from traffic.scene.lines import LineCounter, line_crossings
from traffic.scene.settings import LineSettings

GATE = LineSettings(name="gate", points=((100, 200), (300, 200)), hysteresis_px=10)
DOWNWARDS = LineSettings(name="post", points=((200, 100), (200, 300)), hysteresis_px=10)
STEP_NS = 40_000_000


def drive(*ground):
    """A trajectory whose boxes stand at these (x, y), 40 ms apart."""
    boxes = [(x - 20, y - 30, x + 20, y) for x, y in ground]
    return Trajectory(np.arange(len(boxes)) * STEP_NS, np.array(boxes, np.float32).reshape(-1, 4), (640, 480))


def down(*ys, x=200):
    return drive(*((x, y) for y in ys))


@pytest.mark.parametrize(
    ("what", "trajectory", "expected"),
    [
        ("drives down the image", down(150, 170, 190, 210, 230), [("forward", 100)]),
        ("drives up the image", down(230, 210, 190, 170), [("backward", 60)]),
        ("crosses a quarter after a frame", down(150, 195, 215, 250), [("forward", 50)]),
        ("stands exactly on the line in a frame", down(150, 200, 250), [("forward", 40)]),
        ("jumps over it in one step", down(100, 300), [("forward", 20)]),
        ("stops before it", down(150, 170, 190, 195), []),
        ("stops on it", down(150, 180, 204, 206, 207), []),
        (
            "flickers on the line, then drives on",
            down(150, 196, 203, 197, 204, 196, 205, 240),
            [("forward", 200 + 40 * 4 / 9)],
        ),
        ("touches it and turns back", down(150, 196, 205, 196, 150), []),
        ("drives over, flickers behind it", down(150, 190, 212, 207, 212, 208, 250), [("forward", 40 + 40 * 10 / 22)]),
        ("comes back: each track once", down(150, 230, 150, 230), [("forward", 25)]),
        ("born on the line", down(204, 230, 260), []),
        ("passes left of the line's end", down(150, 250, x=90), []),
        ("passes just right of its other end", down(150, 250, x=301), []),
        ("passes over its very end", down(150, 250, x=300), [("forward", 20)]),
        (
            "goes round the end and back over it",
            drive((90, 150), (90, 250), (200, 250), (200, 150)),
            [("backward", 100)],
        ),
        ("a single observation", down(150), []),
    ],
)
def test_a_vehicle_that(what, trajectory, expected):
    found = [(each.direction, each.pts_ns / 1e6) for each in line_crossings(trajectory, [GATE])]
    assert found == [(direction, pytest.approx(milliseconds, abs=0.01)) for direction, milliseconds in expected]


@pytest.mark.parametrize(
    ("what", "line", "ground", "direction"),
    [
        ("left to right, driven down", [(100, 200), (300, 200)], [(200, 150), (200, 250)], "forward"),
        ("right to left, driven down", [(300, 200), (100, 200)], [(200, 150), (200, 250)], "backward"),
        ("downwards, driven to the left", [(200, 100), (200, 300)], [(250, 200), (150, 200)], "forward"),
        ("downwards, driven to the right", [(200, 100), (200, 300)], [(150, 200), (250, 200)], "backward"),
    ],
)
def test_directions_of_a_line_drawn(what, line, ground, direction):
    drawn = LineSettings(name="gate", points=tuple(line))
    assert [each.direction for each in line_crossings(drive(*ground), [drawn])] == [direction]


def test_without_hysteresis_the_first_step_over_counts():
    bare = GATE.model_copy(update={"hysteresis_px": 0.0})
    assert line_crossings(down(199, 201), [bare]) == (LineCrossing("gate", "forward", 20_000_000),)


def test_crossings_come_in_the_order_of_their_times():
    trajectory = drive((150, 260), (250, 255), (260, 150))
    assert [each.line for each in line_crossings(trajectory, [GATE, DOWNWARDS])] == ["post", "gate"]


def tracks(ids, ground, ended=()):
    boxes = np.array([(x - 20, y - 30, x + 20, y) for x, y in ground], np.float32).reshape(-1, 4)
    n = len(ids)
    index = np.arange(n, dtype=np.int64)
    return Tracks(np.array(ids, np.int64), index, boxes, np.ones(n, np.float32), np.zeros(n, np.int64), tuple(ended))


def test_two_vehicles_are_counted_apart_while_they_drive():
    counter = LineCounter("north", [GATE])
    told = [
        counter.update(tracks([1, 2], [(150, 180), (250, 230)]), 0),
        counter.update(tracks([2, 1], [(250, 180), (150, 195)]), STEP_NS),
        counter.update(tracks([1], [(150, 215)]), 2 * STEP_NS),
    ]
    assert told == [
        (),
        ((2, LineCrossing("gate", "backward", 24_000_000)),),
        ((1, LineCrossing("gate", "forward", 50_000_000)),),
    ]


def test_a_track_that_ended_is_forgotten():
    counter = LineCounter("north", [GATE])
    for round_ in range(100):
        counter.update(tracks([round_ + 1], [(150, 180)], ended=[round_] if round_ else []), round_ * STEP_NS)
    assert len(counter) == 1
    counter.update(tracks([], [], ended=[100]), 101 * STEP_NS)
    assert len(counter) == 0


wanderings = st.lists(st.tuples(st.integers(60, 340), st.integers(150, 250)), min_size=1, max_size=40)


@given(wanderings)
def test_frame_by_frame_and_as_a_whole_are_the_same(ground):
    counter = LineCounter("north", [GATE, DOWNWARDS])
    told = [
        crossing
        for number, point in enumerate(ground)
        for _, crossing in counter.update(tracks([7], [point]), number * STEP_NS)
    ]
    assert sorted(told, key=lambda each: each.pts_ns) == list(line_crossings(drive(*ground), [GATE, DOWNWARDS]))


@given(wanderings)
def test_no_wandering_is_counted_twice_nor_without_having_been_on_both_sides(ground):
    found = line_crossings(drive(*ground), [GATE])
    heights = [y for _, y in ground]
    assert len(found) <= 1
    if found:
        assert min(heights) <= 190
        assert max(heights) >= 210
