import pytest
from builders import frame, reading
from hypothesis import given
from hypothesis import strategies as st
from passages.sights import sight

from traffic.classification.vote import AppearanceVote
from traffic.datatypes import VEHICLE_CLASSES, VEHICLE_COLOURS
from traffic.passages.history import MAXIMUM_OBSERVATIONS, MAXIMUM_READ_FRAMES, TrackHistory
from traffic.passages.pace import Pace, PaceLimits
from traffic.plates.consensus import PlateConsensus, PlateVotes


def new_history():
    return TrackHistory(
        AppearanceVote(VEHICLE_CLASSES, VEHICLE_COLOURS),
        Pace(PaceLimits(0.2, 8, 8)),
        Pace(PaceLimits(0.1, 12, 12)),
        PlateVotes(PlateConsensus.uncalibrated()),
    )


BIG, MIDDLE, SMALL = (100, 100, 300, 250), (100, 100, 280, 240), (100, 100, 120, 115)
CUT = (0, 100, 300, 350)


@pytest.mark.parametrize(
    ("boxes", "best"),
    [([SMALL, BIG, MIDDLE], 1), ([BIG, SMALL], 0), ([SMALL, CUT], 1), ([MIDDLE, CUT], 0)],
    ids=["grows and shrinks", "drives away", "cut but much bigger", "cut by the border"],
)
def test_the_shot_is_the_frame_that_shows_the_vehicle_best(boxes, best):
    history = new_history()
    for index, box in enumerate(boxes):
        history.observe(sight(frame(index), box))
    assert history.shot.frame.index == best
    assert history.shot.xyxy == boxes[best]


def test_the_frame_that_was_read_is_the_evidence():
    history = new_history()
    frames = [frame(index) for index in range(3)]
    for one, box in zip(frames, (MIDDLE, BIG, SMALL), strict=True):
        history.observe(sight(one, box))
    history.read(sight(frames[0], MIDDLE), reading("A123BC77", 0.9, pts_ns=frames[0].pts_ns))
    assert history.shot.frame.index == 0


@pytest.mark.parametrize(
    ("read", "evidence"),
    [
        ([("A123BC77", 0.9), ("A123BC7", 0.95), ("A123BC77", 0.5)], 0),
        ([("A123BC7", 0.95), ("A123BC77", 0.9), ("A123BC77", 0.5)], 1),
        ([("A123BC77", 0.5), ("A123BC77", 0.9), ("A123BC77", 0.9)], 1),
        ([("A123BC77", 0.9), ("", 0.0), ("B123BC77", 0.5)], 0),
    ],
    ids=["another text leads for a while", "the other text came first", "the first of equals", "one is empty"],
)
def test_the_evidence_is_the_frame_of_the_reading_that_the_plate_names(read, evidence):
    history = new_history()
    for index, (text, probability) in enumerate(read):
        one = frame(index)
        history.observe(sight(one, BIG))
        history.read(sight(one, BIG), reading(text, probability, pts_ns=one.pts_ns))
    assert history.shot.frame.index == evidence
    assert history.shot.frame.pts_ns == history.plate.best.pts_ns


TEXTS = st.sampled_from(["A111", "A112", "B111", "A1112", "A1113"])


@given(st.lists(st.tuples(TEXTS, st.sampled_from([0.3, 0.6, 0.9]))))
def test_whatever_was_read_the_shot_is_the_best_readings_and_few_frames_are_held(read):
    history = new_history()
    history.observe(sight(frame(0, size=(8, 8)), (1, 1, 5, 5)))
    for index, (text, probability) in enumerate(read, start=1):
        one = frame(index, size=(8, 8))
        history.observe(sight(one, (1, 1, 5, 5)))
        history.read(sight(one, (1, 1, 5, 5)), reading(text, probability, pts_ns=one.pts_ns))
        assert history.shot.frame.pts_ns == history.plate.best.pts_ns
    assert len(list(history.held_frames())) == min(max(1, len({text for text, _ in read})), MAXIMUM_READ_FRAMES)


@pytest.mark.parametrize(
    ("steps_px", "standing_s"),
    [([0] * 50, 2.0), ([3, -3] * 25, 2.0), ([2] * 50, 0.0), ([9] * 25 + [0] * 25, 1.0), ([], 0.0)],
    ids=["parked", "its box trembles", "creeps along", "stops", "never seen"],
)
def test_how_long_a_vehicle_has_stood(steps_px, standing_s):
    history, x = new_history(), 100
    for index, step in enumerate(steps_px):
        x += step
        history.observe(sight(frame(index, size=(8, 8)), (x, 100, x + 80, 180)))
    assert history.standing_ns() / 1e9 == pytest.approx(standing_s, abs=0.5)


def test_a_shared_frame_replaces_one_that_shows_the_vehicle_no_better():
    history = new_history()
    for index, box in enumerate((BIG, MIDDLE)):
        history.observe(sight(frame(index), box))
    last = frame(2)
    history.observe(sight(last, MIDDLE))
    history.share(sight(last, MIDDLE))
    assert (history.shot.frame, history.shot.xyxy) == (last, MIDDLE)


def test_a_shared_frame_does_not_replace_a_much_better_one_nor_one_that_was_read():
    near, read = new_history(), new_history()
    first, last = frame(0), frame(1)
    near.observe(sight(first, BIG))
    near.observe(sight(last, SMALL))
    near.share(sight(last, SMALL))
    read.observe(sight(first, BIG))
    read.read(sight(first, BIG), reading("A123BC77", 0.9))
    read.observe(sight(last, BIG))
    read.share(sight(last, BIG))
    assert near.shot.frame is read.shot.frame is first


def test_a_frame_about_as_good_as_the_best_is_worth_reading():
    history = new_history()
    assert history.observe(sight(frame(0), BIG))
    assert history.observe(sight(frame(1), MIDDLE))
    assert not history.observe(sight(frame(2), SMALL))


def test_a_vehicle_that_stands_for_an_hour_costs_bounded_memory():
    history = new_history()
    shown = [frame(index, size=(8, 8)) for index in range(3 * MAXIMUM_OBSERVATIONS)]
    for one in shown:
        history.observe(sight(one, (1, 1, 5, 5)))
    assert len(history) <= MAXIMUM_OBSERVATIONS
    path = history.trajectory()
    assert path.pts_ns[0] == shown[0].pts_ns
    assert path.pts_ns[-1] == shown[-1].pts_ns
    assert (history.started_at, history.ended_at) == (shown[0].captured_at, shown[-1].captured_at)


def test_there_is_no_shot_before_the_first_observation():
    with pytest.raises(LookupError):
        _ = new_history().shot


def test_however_many_texts_are_read_few_frames_are_held_and_the_likeliest_ones_is_among_them():
    history = new_history()
    texts = ["A123BC77"] * 3 + [f"{number}B{number}{number}CX77" for number in range(9)]
    for index, text in enumerate(texts):
        history.observe(sight(frame(index), MIDDLE))
        history.read(sight(frame(index), MIDDLE), reading(text, 0.9 if text == "A123BC77" else 0.1))
    assert len(list(history.held_frames())) <= MAXIMUM_READ_FRAMES
    assert history.plates.consensus().text == "A123BC77"
    assert history.shot.frame.index < 3


def test_the_shot_of_a_plate_shows_the_others_of_the_frame_that_was_read():
    history = new_history()
    read, later = sight(frame(0), MIDDLE, others=((400, 100, 500, 200),)), sight(frame(1), BIG, others=(SMALL, CUT))
    history.observe(read)
    history.read(read, reading("A123BC77", 0.9, pts_ns=0))
    history.observe(later)
    assert history.shot.frame.index == 0
    assert history.shot.others.tolist() == [[400, 100, 500, 200]]


def test_without_a_plate_the_shot_shows_the_others_of_the_best_view():
    history = new_history()
    for index, (box, others) in enumerate([(SMALL, ()), (BIG, (CUT,)), (MIDDLE, (SMALL, CUT))]):
        history.observe(sight(frame(index), box, others=others))
    assert history.shot.others.tolist() == [list(CUT)]


def test_a_plate_that_no_reading_says_is_shown_by_the_one_most_like_it():
    history = new_history()
    for index, text in enumerate(["A124BC77", "A123BC78", "A183BC77"]):
        one = sight(frame(index), MIDDLE)
        history.observe(one)
        history.read(one, reading(text, 0.9, pts_ns=one.frame.pts_ns))
    assert history.plate.text == "A123BC77"
    assert history.shot.frame.pts_ns == history.plate.best.pts_ns


def test_the_view_is_told_as_a_share_of_the_best_one_and_when_the_vehicle_leaves():
    history = new_history()
    for index in range(26):
        history.observe(sight(frame(index), (200 - 4 * index, 100, 300 - 4 * index, 200)))
    assert history.view == pytest.approx(1.0)
    assert history.leaving_s((640, 384)) == pytest.approx(1.0)
