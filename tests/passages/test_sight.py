import dataclasses
import math

import numpy as np
import pytest
from builders import frame
from passages.sights import sight

from traffic.datatypes import Detections
from traffic.passages.sight import leaving_s

BOX, NEXT, FAR = (100.0, 100.0, 200.0, 180.0), (220.0, 100.0, 300.0, 180.0), (10.0, 10.0, 40.0, 30.0)


def test_a_shot_shows_the_vehicle_and_the_boxes_of_the_others():
    seen = sight(frame(3), BOX, others=(NEXT, FAR))
    shot = seen.shot()
    assert (shot.frame.index, shot.xyxy) == (3, BOX)
    assert shot.others.dtype == np.float32
    assert shot.others.tolist() == [list(NEXT), list(FAR)]


def test_a_vehicle_alone_has_no_others():
    assert sight(frame(), BOX).shot().others.shape == (0, 4)


@pytest.mark.parametrize(
    ("what", "detected", "others"),
    [
        ("one that is not followed yet", [BOX, NEXT], [NEXT]),
        ("none but itself", [BOX], []),
        ("itself a little elsewhere", [FAR, (104.0, 100.0, 204.0, 180.0)], [FAR]),
        ("half in front of it", [(140.0, 100.0, 240.0, 180.0), BOX], [(140.0, 100.0, 240.0, 180.0)]),
        ("no box of its own", [NEXT, FAR], [NEXT, FAR]),
        ("nothing", [], []),
    ],
)
def test_a_shot_knows_all_vehicles_that_were_seen(what, detected, others):
    boxes = np.array(detected, np.float32).reshape(-1, 4)
    n = len(boxes)
    seen = dataclasses.replace(
        sight(frame(), BOX), detections=Detections(boxes, np.full(n, 0.9, np.float32), np.zeros(n, np.int64))
    )
    assert seen.shot().others.tolist() == [list(box) for box in others]


def test_a_sight_tells_what_the_tracker_told():
    seen = sight(frame(), BOX, score=0.75)
    assert (seen.track_id, seen.class_id, seen.score, seen.xyxy) == (1, 0, 0.75, BOX)
    assert seen.crop().xyxy == BOX


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (sight(frame(), BOX), sight(frame(), FAR)),
        (sight(frame(), BOX), sight(frame(), BOX, score=0.5)),
        (sight(frame(), BOX), sight(frame(), (0.0, 100.0, 100.0, 180.0))),
    ],
    ids=["bigger", "surer", "not cut"],
)
def test_which_view_is_better(better, worse):
    assert better.quality > worse.quality


@pytest.mark.parametrize(
    ("later", "seconds"),
    [
        ((150.0, 100.0, 250.0, 180.0), 390 / 50),
        ((90.0, 100.0, 190.0, 180.0), 9.0),
        ((100.0, 120.0, 200.0, 200.0), 184 / 20),
        ((150.0, 150.0, 250.0, 230.0), 154 / 50),
        (BOX, math.inf),
        ((100.0, 104.0, 200.0, 384.0), 0.0),
    ],
    ids=["to the right", "to the left", "down", "both: what comes first", "stands", "at the border"],
)
def test_when_a_vehicle_leaves_the_picture(later, seconds):
    assert leaving_s(BOX, later, 1.0, (640, 384)) == pytest.approx(seconds)


def test_one_observation_tells_no_motion():
    assert leaving_s(BOX, BOX, 0.0, (640, 384)) == math.inf
