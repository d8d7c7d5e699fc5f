from __future__ import annotations

import numpy as np
import pytest

from traffic.datatypes import Detections
from traffic.evaluation.tracking import follow
from traffic.evaluation.tracking_peers import our_tracker
from traffic.evaluation.tracking_scenes import simulated_sequence, with_drops
from traffic.evaluation.tracking_variants import Change, Variant, applied, road_plane, variants
from traffic.simulation.intersection import POLE, busy_intersection, frame_times
from traffic.tracking import bytetrack, motion
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

NAMES = [variant.name for variant in variants()]
RARE = "lost tracks worth as much as others"
"""No two tracks contend so closely in this film."""


@pytest.fixture(scope="module")
def busy():
    """Forty seconds of an intersection with gaps, in which nearly every choice matters."""
    seconds = with_drops(frame_times(6, 40.0), 0.4, 2)
    return simulated_sequence("busy", busy_intersection(2, 40.0), seconds, 2)


def _told(variant: Variant, film) -> list[list[tuple[int, float]]]:
    with applied(variant):
        told = follow(our_tracker(variant.settings), film)
    return [list(zip(ids.tolist(), xyxy[:, 0].tolist(), strict=True)) for ids, xyxy in told]


def test_the_names_are_all_different_and_the_first_changes_nothing():
    first, *rest = variants()
    assert len(set(NAMES)) == len(NAMES) > 15
    assert first == Variant(first.name)
    assert all(each.changes or each.settings != TrackerSettings() for each in rest)


@pytest.mark.parametrize("place", [i for i, name in enumerate(NAMES) if i and name != RARE], ids=lambda i: NAMES[i])
def test_every_other_one_changes_what_the_tracker_tells(busy, place):
    assert _told(variants()[place], busy) != _told(variants()[0], busy)


def test_changes_are_taken_back_even_after_an_error():
    before = motion.MEASURED_STD, bytetrack.candidates
    changed = Variant("x", changes=(Change(motion, "MEASURED_STD", 9.0), Change(bytetrack, "candidates", None)))
    with pytest.raises(TypeError), applied(changed):
        bytetrack.candidates(motion.MEASURED_STD)
    assert (motion.MEASURED_STD, bytetrack.candidates) == before


@pytest.mark.parametrize(("metres_aside", "same"), [(0.5, True), (3.0, True), (6.0, False)])
def test_on_the_road_plane_a_vehicle_cannot_be_elsewhere(metres_aside, same):
    """A car stands 60 m away, is then not seen for a second, and found again aside."""

    def seen_at(x_m: float) -> Detections:
        ground = POLE.ground_pixels(np.array([[x_m - 4.0, 60.0], [x_m + 4.0, 60.0]]))
        (x1, y), (x2, _) = ground.tolist()
        return Detections(
            np.array([[x1, y - 60, x2, y]], np.float32), np.array([0.9], np.float32), np.zeros(1, np.int64)
        )

    with applied(road_plane(POLE, 4.0)):
        tracker = Tracker(TrackerSettings())
        for frame in range(10):
            before = tracker.update(seen_at(0.0), frame * 40_000_000)
        for frame in (40, 41):
            after = tracker.update(seen_at(metres_aside), frame * 40_000_000)
    assert (after.track_ids.tolist() == before.track_ids.tolist()) == same
