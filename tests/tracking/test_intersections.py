"""The tracker on scripted intersections whose truth is exact: what is hidden, stops, turns round, and at which rate."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from traffic.simulation.intersection import SCRIPTED, Faults, busy_intersection, film_intersection, frame_times
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

CLEAR = Faults(missed=0.0, doubled=0.0, false_a_frame=0.0)


def _owners(frame, tracks):
    """Told id -> the vehicle whose true box it overlaps most."""
    for track_id, box in zip(tracks.track_ids.tolist(), tracks.xyxy, strict=True):
        low, high = np.maximum(frame.sight.xyxy[:, :2], box[:2]), np.minimum(frame.sight.xyxy[:, 2:], box[2:])
        shared = np.clip(high - low, 0, None).prod(axis=1)
        areas = (frame.sight.xyxy[:, 2:] - frame.sight.xyxy[:, :2]).prod(axis=1)
        iou = shared / ((box[2:] - box[:2]).prod() + areas - shared)
        if len(iou) and iou.max() > 0.3:
            yield int(frame.sight.ids[iou.argmax()]), track_id


def _told(scene, seconds, faults):
    """Vehicle -> how often it bore which id."""
    tracker, told = Tracker(TrackerSettings()), defaultdict(Counter)
    for frame in film_intersection(scene, seconds, 0, faults):
        for vehicle, track_id in _owners(frame, tracker.update(frame.detections, frame.pts_ns)):
            told[vehicle][track_id] += 1
    return told


TIMES = {
    "50 frames a second": lambda s: frame_times(50, s),
    "25 frames a second": lambda s: frame_times(25, s),
    "12.5 frames a second": lambda s: frame_times(12.5, s),
    "5 frames a second": lambda s: frame_times(5, s),
    "every third frame missing": lambda s: [t for i, t in enumerate(frame_times(15, s)) if i % 3],
    "half a second missing every four": lambda s: [t for t in frame_times(12.5, s) if t % 4 < 3.5],
    "the rate jumps from 25 to 5 and back": lambda s: [
        t for i, t in enumerate(frame_times(25, s)) if t % 4 < 2 or not i % 5
    ],
}


def _case(story, times):
    return pytest.param(story, times, marks=[pytest.mark.slow] * times.startswith("50"))


@pytest.mark.parametrize(("story", "times"), [_case(story, times) for story in SCRIPTED for times in TIMES])
def test_every_vehicle_keeps_one_identity_of_its_own(story, times):
    scene = SCRIPTED[story]()
    duration_s = min(scene.duration_s, 20.0)
    told = _told(scene, TIMES[times](duration_s), CLEAR)
    assert {vehicle: sorted(ids) for vehicle, ids in told.items() if len(ids) > 1} == {}
    ids = [next(iter(ids)) for ids in told.values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("fps", [12.5, 5])
def test_a_queue_keeps_its_identities_through_a_minute_at_a_light(fps):
    scene = SCRIPTED["60 s at a light while others cross"]()
    told = _told(scene, frame_times(fps, scene.duration_s), Faults())
    assert [len(told[vehicle]) for vehicle in range(1, 6)] == [1] * 5


def test_a_busy_intersection_with_all_faults_mostly_keeps_identities():
    scene = busy_intersection(1, 30.0)
    told = _told(scene, frame_times(5, 30.0), Faults())
    right = sum(ids.most_common(1)[0][1] for ids in told.values())
    assert right / sum(ids.total() for ids in told.values()) > 0.9
