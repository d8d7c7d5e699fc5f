import pytest
from builders import frame, reading

from traffic.passages.history import MAXIMUM_OBSERVATIONS, TrackHistory

BIG, MIDDLE, SMALL = (100, 100, 300, 250), (100, 100, 280, 240), (100, 100, 120, 115)
CUT = (0, 100, 300, 350)


@pytest.mark.parametrize(
    ("boxes", "best"),
    [([SMALL, BIG, MIDDLE], 1), ([BIG, SMALL], 0), ([SMALL, CUT], 1), ([MIDDLE, CUT], 0)],
    ids=["grows and shrinks", "drives away", "cut but much bigger", "cut by the border"],
)
def test_the_shot_is_the_frame_that_shows_the_vehicle_best(boxes, best):
    history = TrackHistory()
    for index, box in enumerate(boxes):
        history.observe(frame(index), box, 0, 0.9)
    assert history.shot.frame.index == best
    assert history.shot.xyxy == boxes[best]


def test_the_frame_that_was_read_is_the_evidence():
    history = TrackHistory()
    frames = [frame(index) for index in range(3)]
    for one, box in zip(frames, (MIDDLE, BIG, SMALL), strict=True):
        history.observe(one, box, 0, 0.9)
    history.read(frames[0], MIDDLE, reading("A123BC77", 0.9, pts_ns=frames[0].pts_ns))
    assert history.shot.frame.index == 0


def test_a_frame_about_as_good_as_the_best_is_worth_reading():
    history = TrackHistory()
    assert history.observe(frame(0), BIG, 0, 0.9)
    assert history.observe(frame(1), MIDDLE, 0, 0.9)
    assert not history.observe(frame(2), SMALL, 0, 0.9)


def test_a_vehicle_that_stands_for_an_hour_costs_bounded_memory():
    history = TrackHistory()
    shown = [frame(index, size=(8, 8)) for index in range(3 * MAXIMUM_OBSERVATIONS)]
    for one in shown:
        history.observe(one, (1, 1, 5, 5), 0, 0.9)
    assert len(history) <= MAXIMUM_OBSERVATIONS
    path = history.trajectory()
    assert path.pts_ns[0] == shown[0].pts_ns
    assert path.pts_ns[-1] == shown[-1].pts_ns
    assert (history.started_at, history.ended_at) == (shown[0].captured_at, shown[-1].captured_at)


def test_there_is_no_shot_before_the_first_observation():
    with pytest.raises(LookupError):
        _ = TrackHistory().shot
