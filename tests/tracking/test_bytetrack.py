from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic.datatypes import Detections
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

SECOND_NS = 1_000_000_000
FRAME_NS = 40_000_000

SCENES = {
    "a car drives through": [{"x": 100, "vx": 300}],
    "two cars side by side": [{"y": 400, "x": 100, "vx": 300}, {"y": 520, "x": 100, "vx": 300}],
    "two cars one behind the other": [{"x": 100, "vx": 300}, {"x": 260, "vx": 300}],
    "two cars meet and pass each other": [{"x": 100, "vx": 350}, {"x": 1700, "vx": -350, "y": 560}],
    "a car overtakes another one": [{"x": 300, "vx": 150}, {"x": 100, "vx": 330, "y": 545}],
    "a car in front hides one behind for a second": [
        {"x": 100, "vx": 250, "hidden": [(1.5, 2.5)]},
        {"x": 560, "vx": 0, "width": 320, "height": 240},
    ],
    "a car behind a truck that drives beside it for a second": [
        {"x": 100, "vx": 300, "hidden": [(1.2, 2.2)]},
        {"x": 400, "vx": 120, "width": 360, "height": 260},
    ],
    "a weak second in a car's life": [{"x": 100, "vx": 250, "weak": [(1.0, 2.0)]}],
    "a motorcycle between two lorries": [
        {"x": 300, "width": 40, "height": 80, "vx": 200},
        {"x": 200, "y": 380, "width": 400, "height": 160, "vx": 80},
        {"x": 900, "y": 640, "width": 400, "height": 160, "vx": -80},
    ],
    "a bus twelve times as wide as high": [{"x": 400, "vx": 100, "width": 720, "height": 60}],
    "the detector loses a car three times for a moment": [
        {"x": 100, "vx": 300, "hidden": [(1.0, 1.3), (2.0, 2.3), (3.0, 3.3)]}
    ],
}


@pytest.mark.parametrize("fps", [25.0, 12.5, 5.0])
@pytest.mark.parametrize("scene", SCENES)
def test_every_vehicle_keeps_one_id_of_its_own(film, vehicle, times, scene, fps):
    cars = [vehicle(**values) for values in SCENES[scene]]
    seen = film(cars, times(fps, 4.5))
    assert [len(set(ids)) for ids in seen.ids] == [1] * len(cars)
    assert len({ids[0] for ids in seen.ids}) == len(cars)
    assert sorted(seen.ended) == sorted(ids[0] for ids in seen.ids)


@pytest.mark.parametrize(
    ("story", "rates"),
    [
        ("25 to 5 and back", [(25, 2), (5, 2), (25, 2)]),
        ("5 to 25 and back", [(5, 2), (25, 2), (5, 2)]),
        ("50 to 10 to 12.5", [(50, 1), (10, 3), (12.5, 2)]),
    ],
)
def test_the_frame_rate_may_jump(film, vehicle, story, rates):
    at, t = [], 0.0
    for fps, seconds in rates:
        for _ in range(round(fps * seconds)):
            at.append(t)
            t += 1 / fps
    cars = [vehicle(x=100, vx=280), vehicle(x=1800, vx=-280, y=620), vehicle(x=900, y=300, vx=40, vy=60)]
    seen = film(cars, at)
    assert [len(set(ids)) for ids in seen.ids] == [1, 1, 1]


def test_irregular_times_of_a_live_stream(film, vehicle):
    at = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.25, 60))
    seen = film([vehicle(x=0, vx=200), vehicle(x=1700, vx=-200, y=650)], at.tolist())
    assert [len(set(ids)) for ids in seen.ids] == [1, 1]


def test_a_bus_stands_for_a_minute_at_a_light_while_cars_pass(film, vehicle, times):
    bus = vehicle(x=600, y=400, width=420, height=200)
    cars = [vehicle(x=-300 * start, vx=300, y=640) for start in range(0, 60, 2)]
    seen = film([bus, *cars], times(10.0, 60))
    assert len(set(seen.ids[0])) == 1
    assert [len(set(ids)) for ids in seen.ids[1:]] == [1] * len(cars)


def test_a_small_fast_car_at_five_frames_a_second_moves_past_its_own_box(film, vehicle, times):
    car = vehicle(x=50, width=50, height=40, vx=300)
    seen = film([car], times(5.0, 5))
    assert len(set(seen.ids[0])) == 1


def test_a_queue_at_five_frames_a_second_is_not_shifted_by_one_car(film, vehicle, times):
    cars = [vehicle(x=150.0 * i, vx=45) for i in range(8)]
    seen = film(cars, times(5.0, 4))
    assert [len(set(ids)) for ids in seen.ids] == [1] * len(cars)


def test_the_box_told_is_the_detections_own(boxes):
    tracker = Tracker(TrackerSettings())
    rng = np.random.default_rng(0)
    for frame in range(20):
        shaken = [v + rng.normal(0, 3) for v in (100 + 4 * frame, 100, 200 + 4 * frame, 180)]
        seen = boxes([shaken, [700, 300, 800, 400]], [0.9, 0.8], [frame % 3, 4])
        tracks = tracker.update(seen, frame * FRAME_NS)
        np.testing.assert_array_equal(tracks.xyxy, seen.xyxy[tracks.detection_index])
        np.testing.assert_array_equal(tracks.scores, seen.scores[tracks.detection_index])
        np.testing.assert_array_equal(tracks.class_ids, seen.class_ids[tracks.detection_index])
    assert tracks.track_ids.tolist() == [1, 2]


def test_a_class_that_flickers_does_not_split_a_track(boxes):
    tracker = Tracker(TrackerSettings())
    ids = set()
    for frame in range(20):
        ids.update(tracker.update(boxes([[0, 0, 90, 60]], [0.9], [frame % 5]), frame * FRAME_NS).track_ids.tolist())
    assert ids == {1}


def test_duplicates_neither_start_nor_split_a_track(boxes):
    tracker = Tracker(TrackerSettings())
    told = []
    for frame in range(40):
        x = 5.0 * frame
        seen = boxes([[x, 0, x + 100, 80], [x + 4, 2, x + 106, 82]], [0.9, 0.7 + 0.25 * (frame % 2)])
        told.append(tracker.update(seen, frame * FRAME_NS).track_ids.tolist())
    assert [ids for ids in told if ids] == [[1]] * 39


def test_a_box_that_takes_in_the_vehicle_hidden_behind_is_no_third_vehicle(boxes):
    tracker = Tracker(TrackerSettings())
    told = set()
    for frame in range(60):
        seen = [[100, 150, 200, 300], [110, 40, 160, 140]]
        both = [[99, 45, 200, 301]] if 20 <= frame < 50 else []
        scores = [0.65, 0.7] + [0.9] * len(both)
        told |= set(tracker.update(boxes(seen + both, scores), frame * FRAME_NS).track_ids.tolist())
    assert told == {1, 2}


def test_weak_detections_alone_make_no_track(film, vehicle, times):
    seen = film([vehicle(vx=100, score=0.45), vehicle(y=200, score=0.12)], times(25.0, 4))
    assert seen.ids == [[], []]
    assert seen.ended == []


def test_a_known_vehicle_is_followed_through_weak_detections(film, vehicle, times):
    seen = film([vehicle(x=100, vx=250, weak=[(1.0, 2.0)])], times(25.0, 3))
    assert len(seen.ids[0]) == 74


def test_what_flickers_before_it_is_confirmed_is_never_told(film, vehicle, times):
    every_other = [(i / 25 - 0.001, i / 25 + 0.001) for i in range(1, 100, 2)]
    seen = film([vehicle(hidden=every_other)], times(25.0, 4))
    assert (seen.ids, seen.ended) == ([[]], [])


def test_a_detection_seen_once_is_never_told(boxes):
    tracker = Tracker(TrackerSettings())
    told = [tracker.update(boxes([[0, 0, 90, 60]], [0.9]), 0)]
    told += [tracker.update(boxes([], []), i * SECOND_NS) for i in range(1, 9)]
    assert [len(tracks) for tracks in told] == [0] * 9
    assert all(tracks.ended_ids == () for tracks in told)
    assert tracker.finish() == ()


def test_empty_frames_age_everybody(boxes):
    tracker = Tracker(TrackerSettings(lost_after_s=1.0))
    for frame in range(10):
        tracker.update(boxes([[0, 0, 90, 60], [300, 0, 390, 60]], [0.9, 0.9]), frame * FRAME_NS)
    told = {frame: tracker.update(Detections.empty(), frame * FRAME_NS).ended_ids for frame in range(10, 60)}
    assert {frame: ids for frame, ids in told.items() if ids} == {35: (1, 2)}
    assert tracker.finish() == ()


@pytest.mark.parametrize("fps", [25.0, 12.5, 5.0])
def test_a_track_ends_after_the_same_time_at_every_frame_rate(film, vehicle, times, fps):
    seen = film([vehicle(hidden=[(2.0, 99.0)])], times(fps, 6), TrackerSettings(lost_after_s=1.5))
    ended_at = [t for t, tracks in seen.told if tracks.ended_ids]
    assert ended_at == [pytest.approx(3.5, abs=1.01 / fps)]


LORRY = {"x": 640, "y": 500, "width": 700, "height": 300}


@pytest.mark.parametrize(
    ("story", "others", "hidden_s", "ids"),
    [
        ("behind a lorry", [LORRY], 3.2, 1),
        ("for longer than anything is waited for", [LORRY], 3.8, 2),
        ("in the open", [], 3.2, 2),
        ("behind a lorry that is not seen itself", [{**LORRY, "hidden": [(4.0, 99.0)]}], 3.2, 2),
    ],
)
def test_a_hidden_vehicle_is_waited_for_a_little_longer(film, vehicle, times, story, others, hidden_s, ids):
    car = vehicle(x=400, vx=40, hidden=[(2.0, 2.0 + hidden_s)])
    seen = film([car, *[vehicle(**values) for values in others]], times(25.0, 7))
    assert len(set(seen.ids[0])) == ids


def test_a_huge_gap_of_media_time_ends_everything(boxes):
    tracker = Tracker(TrackerSettings())
    seen = boxes([[0, 0, 90, 60], [300, 0, 390, 60]], [0.9, 0.9])
    for frame in range(5):
        tracker.update(seen, frame * FRAME_NS)
    after = tracker.update(seen, 10**6 * SECOND_NS)
    assert (after.ended_ids, after.track_ids.tolist()) == ((1, 2), [])
    assert tracker.update(seen, 10**6 * SECOND_NS + FRAME_NS).track_ids.tolist() == [3, 4]


def test_finish_tells_what_was_not_told_yet_and_ids_are_never_reused(boxes):
    tracker = Tracker(TrackerSettings())
    seen = boxes([[0, 0, 90, 60], [300, 0, 390, 60]], [0.9, 0.9])
    tracker.update(seen, 0)
    tracker.update(seen, FRAME_NS)
    assert tracker.finish() == (1, 2)
    assert tracker.finish() == ()
    tracker.update(seen, 2 * FRAME_NS)
    assert tracker.update(seen, 3 * FRAME_NS).track_ids.tolist() == [3, 4]


def test_every_camera_counts_for_itself(boxes):
    cameras = [Tracker(TrackerSettings()) for _ in range(3)]
    seen = boxes([[0, 0, 90, 60]], [0.9])
    for frame in range(2):
        told = [camera.update(seen, frame * FRAME_NS).track_ids.tolist() for camera in cameras]
    assert told == [[1], [1], [1]]


@pytest.mark.parametrize("later_ns", [0, -1])
def test_media_time_that_does_not_rise_is_refused(boxes, later_ns):
    tracker = Tracker(TrackerSettings())
    tracker.update(Detections.empty(), FRAME_NS)
    with pytest.raises(ValueError, match="expected more than 40000000"):
        tracker.update(Detections.empty(), FRAME_NS + later_ns)


def test_the_callers_arrays_stay_as_they_were(boxes):
    tracker = Tracker(TrackerSettings())
    for frame in range(10):
        seen = boxes([[frame, 0, 90 + frame, 60], [300, 0, 390, 60]], [0.9, 0.3 + 0.05 * frame])
        copies = seen.xyxy.copy(), seen.scores.copy(), seen.class_ids.copy()
        tracker.update(seen, frame * FRAME_NS)
        for array, copy in zip((seen.xyxy, seen.scores, seen.class_ids), copies, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_boxes_without_area_do_no_harm(boxes):
    tracker = Tracker(TrackerSettings())
    with np.errstate(all="raise"):
        for frame in range(10):
            seen = boxes([[50, 50, 50, 50], [60, 60, 55, 55], [100, 100, 200, 180]], [0.9, 0.9, 0.9])
            tracks = tracker.update(seen, frame * FRAME_NS)
    assert 2 in tracks.detection_index.tolist()
    assert tracker.finish() == (1, 2, 3)


coordinate = st.integers(0, 300)
frames = st.lists(
    st.lists(
        st.tuples(coordinate, coordinate, st.integers(5, 120), st.integers(5, 120), st.integers(0, 20)),
        max_size=7,
        unique=True,
    ),
    min_size=1,
    max_size=12,
)


def _as_detections(rows: list[tuple[int, int, int, int, int]]) -> Detections:
    values = np.array(rows, np.float32).reshape(-1, 5)
    xyxy = np.concatenate([values[:, :2], values[:, :2] + values[:, 2:4]], axis=1)
    return Detections(xyxy, values[:, 4] / 20, np.arange(len(rows), dtype=np.int64) % 5)


@settings(max_examples=150, deadline=None)
@given(film=frames, gaps_ms=st.lists(st.integers(1, 900), min_size=12, max_size=12))
def test_whatever_comes_the_contract_holds(film, gaps_ms):
    tracker = Tracker(TrackerSettings())
    known: set[int] = set()
    ended: list[int] = []
    for rows, now_ms in zip(film, np.cumsum(gaps_ms), strict=False):
        seen = _as_detections(rows)
        tracks = tracker.update(seen, int(now_ms) * 1_000_000)
        ids = tracks.track_ids.tolist()
        assert ids == sorted(set(ids))
        assert not set(ids) & set(ended)
        new = sorted(set(ids) - known)
        assert new == list(range(len(known) + 1, len(known) + 1 + len(new)))
        assert len(set(tracks.detection_index.tolist())) == len(tracks)
        np.testing.assert_array_equal(tracks.xyxy, seen.xyxy[tracks.detection_index])
        assert (tracks.scores >= np.float32(TrackerSettings().low_score)).all()
        known |= set(ids)
        ended += tracks.ended_ids
    ended += tracker.finish()
    assert sorted(ended) == sorted(known)


@settings(max_examples=100, deadline=None)
@given(film=frames, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_a_frames_rows_does_not_matter(film, seed):
    rng = np.random.default_rng(seed)
    straight, shuffled = Tracker(TrackerSettings()), Tracker(TrackerSettings())
    for number, rows in enumerate(film):
        seen = _as_detections(rows)
        order = rng.permutation(len(rows))
        mixed = Detections(seen.xyxy[order], seen.scores[order], seen.class_ids[order])
        a, b = straight.update(seen, number * 10**8), shuffled.update(mixed, number * 10**8)
        assert a.track_ids.tolist() == b.track_ids.tolist()
        assert a.detection_index.tolist() == order[b.detection_index].tolist()
        assert a.ended_ids == b.ended_ids


def test_a_replay_gives_the_same(film, vehicle, times):
    cars = [vehicle(x=100, vx=350), vehicle(x=1700, vx=-350, y=540), vehicle(x=500, vx=20, hidden=[(1, 2)])]
    first, second = film(cars, times(25.0, 4)), film(cars, times(25.0, 4))
    assert first.ids == second.ids


def test_memory_stays_flat_over_a_hundred_thousand_short_tracks():
    tracker = Tracker(TrackerSettings(lost_after_s=0.1))
    grid = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1).reshape(-1, 2).astype(np.float32) * 200
    seen = Detections(np.hstack([grid, grid + 50]), np.full(400, 0.9, np.float32), np.zeros(400, np.int64))

    def live(rounds: range) -> int:
        for number in rounds:
            for part in range(2):
                tracker.update(seen, number * SECOND_NS + part * FRAME_NS)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        early = live(range(10))
        late = live(range(10, 250))
    finally:
        tracemalloc.stop()
    assert max(tracker.finish()) == 100_000
    assert late - early < 100_000
