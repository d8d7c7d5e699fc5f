from __future__ import annotations

import dataclasses
import weakref

import numpy as np
import pytest
from builders import frame, reading, trajectory

from traffic.classification.classifier import Appearance
from traffic.datatypes import Detections, Tracks
from traffic.passages.identifier import (
    MAXIMUM_HELD_FRAMES,
    STANDING_S,
    IdentifierSettings,
    NoClassifier,
    PassageIdentifier,
    PassageSettings,
    travel_boxes,
)
from traffic.pipeline import Batch, Tracked
from traffic.plates.consensus import PlateConsensus
from traffic.plates.formats import formats_of
from traffic.plates.reader import NoPlateReader


class NoRoad:
    """A camera that is not calibrated and has no lines."""

    def speed(self, trajectory, vehicle_type):
        return None

    def crossings(self, trajectory):
        return ()


class SteadyReader:
    """Reads the same plate from every crop and counts them."""

    def __init__(self):
        self.asked = []

    def read(self, crops):
        self.asked.append(len(crops))
        return [reading("A123BC77", 0.9, pts_ns=crop.frame.pts_ns) for crop in crops]


def tracks(boxes, *, ended=(), score=0.9):
    n = len(boxes)
    ids = np.array(sorted(boxes), np.int64)
    xyxy = np.array([boxes[i] for i in ids.tolist()], np.float32).reshape(-1, 4)
    return Tracks(ids, np.arange(n), xyxy, np.full(n, score, np.float32), np.zeros(n, np.int64), tuple(ended))


def drive(identifier, moments, *, camera_id="north", closed=()):
    """Feed one frame at a time: moments are {track id: box} or ({...}, ended ids)."""
    cases = []
    for index, moment in enumerate(moments):
        boxes, ended = moment if isinstance(moment, tuple) else (moment, ())
        batch = Batch((frame(index, camera_id=camera_id),))
        cases += identifier.identify(Tracked(batch, (tracks(boxes, ended=ended),), ()))
    return [*cases, *identifier.identify(Tracked(Batch((), (camera_id,)), (), ((camera_id, tuple(closed)),)))]


class RedPickups:
    """Takes every crop for a red pickup and counts the crops."""

    types, colours = ("car", "pickup"), ("white", "red")

    def __init__(self):
        self.asked = []

    def classify(self, crops):
        self.asked.append(len(crops))
        return [Appearance(np.float32([0.1, 0.9]), np.float32([0.2, 0.8])) for _ in crops]


def identifier_of(reader=None, classifier=None, **settings):
    views = {"north": NoRoad(), "south": NoRoad()}
    settings = IdentifierSettings(passages=PassageSettings(**settings))
    return PassageIdentifier(views, classifier or NoClassifier(), reader or NoPlateReader(), settings)


def driving(steps, track_id=1, speed=8):
    return [{track_id: (100, 50 + speed * i, 180, 120 + speed * i)} for i in range(steps)]


@pytest.mark.parametrize(
    ("moments", "passages"),
    [
        (driving(20), 1),
        (driving(4), 0),
        (driving(200, speed=0), 0),
        (driving(20, speed=1), 0),
        ([*driving(20), ({}, (1,))], 1),
        ([], 0),
    ],
    ids=["drives through", "a flicker", "parked", "hardly moves", "ended by the tracker", "nothing"],
)
def test_which_tracks_are_passages(moments, passages):
    assert len(drive(identifier_of(), moments, closed=(1,))) == passages


def test_a_passage_knows_when_it_began_and_ended():
    (case,) = drive(identifier_of(), driving(26), closed=(1,))
    assert (case.passage.start_pts_ns, case.passage.end_pts_ns) == (0, 1_000_000_000)
    assert (case.passage.ended_at - case.passage.started_at).total_seconds() == 1.0
    assert len(case.passage.trajectory) == 26


def test_the_evidence_knows_of_vehicles_that_are_not_followed():
    identifier, other = identifier_of(), (300.0, 20.0, 380.0, 90.0)
    for index, boxes in enumerate(driving(20)):
        seen = np.array([boxes[1], other], np.float32)
        found = Detections(seen, np.full(2, 0.9, np.float32), np.zeros(2, np.int64))
        identifier.identify(Tracked(Batch((frame(index),)), (tracks(boxes),), (), (found,)))
    (case,) = identifier.identify(Tracked(Batch((), ("north",)), (), (("north", (1,)),)))
    assert case.shot.others.tolist() == [list(other)]


def test_a_replay_gives_the_same_ids_and_another_camera_or_track_another():
    def ids(camera_id, track_id):
        cases = drive(identifier_of(), driving(9, track_id), camera_id=camera_id, closed=(track_id,))
        return [case.passage.passage_id for case in cases]

    assert ids("north", 1) == ids("north", 1)
    assert len({*ids("north", 1), *ids("north", 2), *ids("south", 1)}) == 3


def test_plates_are_read_in_one_batch_a_frame_at_the_configured_interval():
    reader = SteadyReader()
    moments = [{1: (10, 10 + 8 * i, 130, 90 + 8 * i), 2: (200, 10 + 8 * i, 320, 90 + 8 * i)} for i in range(20)]
    cases = drive(identifier_of(reader), moments, closed=(1, 2))
    assert set(reader.asked) == {2}
    assert len(reader.asked) <= 1 + 19 * 0.04 / 0.1
    assert [case.passage.plate.text for case in cases] == ["A123BC77", "A123BC77"]


def test_vehicles_are_looked_at_in_one_batch_a_frame_a_few_times_each():
    classifier = RedPickups()
    moments = [{1: (10, 10 + 4 * i, 90, 90 + 4 * i), 2: (200, 10 + 4 * i, 280, 90 + 4 * i)} for i in range(60)]
    cases = drive(identifier_of(classifier=classifier), moments, closed=(1, 2))
    assert classifier.asked == [2] * 4
    assert [(case.passage.vehicle_type, case.passage.colour) for case in cases] == [("pickup", "red")] * 2


def test_without_a_classifier_the_type_is_the_detectors_and_no_colour_is_told():
    (case,) = drive(identifier_of(), driving(20), closed=(1,))
    assert (case.passage.vehicle_type, case.passage.vehicle_type_share, case.passage.colour) == ("car", 1.0, None)


@pytest.mark.parametrize(
    ("texts", "plate"),
    [(["A123BC77"], "A123BC77"), (["B17", "KX93", "9", "TY4H1", "X66X"], None)],
    ids=["read alike", "each time something else"],
)
def test_a_plate_that_is_but_guessed_is_not_put_on_record(texts, plate):
    class Unsure(SteadyReader):
        def read(self, crops):
            self.asked.append(len(crops))
            return [reading(texts[len(self.asked) % len(texts)], 0.6, pts_ns=crop.frame.pts_ns) for crop in crops]

    moments = [{1: (10, 10 + 8 * i, 130, 90 + 8 * i)} for i in range(30)]
    identifier = identifier_of(Unsure())
    (case,) = drive(identifier, moments, closed=(1,))
    assert (case.passage.plate.text if case.passage.plate else None) == plate
    assert sum(identifier.plate_tally.passages.values()) == 1
    assert identifier.plate_tally.passages["improbable"] == (plate is None)


def test_a_case_shows_the_frame_whose_reading_its_plate_names_and_the_others_in_it():
    class Improving(SteadyReader):
        def read(self, crops):
            certainty = {0: 0.6, 240_000_000: 0.95}
            return [
                reading("A123BC77", certainty.get(each.frame.pts_ns, 0.7), pts_ns=each.frame.pts_ns) for each in crops
            ]

    moments = [{1: (10, 10 + 4 * i, 130, 90 + 4 * i), 2: (300, 10 + i, 340, 40 + i)} for i in range(20)]
    cases = drive(identifier_of(Improving(), minimum_travel_boxes=0.1), moments, closed=(1, 2))
    (case,) = [each for each in cases if each.passage.track_id == 1]
    assert case.shot.frame.pts_ns == case.passage.plate.best.pts_ns == 240_000_000
    assert case.shot.others.tolist() == [[300, 16, 340, 46]]


def test_the_consensus_is_the_callers_choice():
    moments = [{1: (10, 10 + 8 * i, 130, 90 + 8 * i)} for i in range(20)]
    kazakh = PlateConsensus(formats_of(["kz"]), only_known=True)
    identifier = PassageIdentifier({"north": NoRoad()}, NoClassifier(), SteadyReader(), IdentifierSettings(), kazakh)
    (case,) = drive(identifier, moments, closed=(1,))
    assert case.passage.plate is None or case.passage.plate.country == "kz"


def test_small_vehicles_are_not_read():
    reader = SteadyReader()
    drive(identifier_of(reader), [{1: (100, 50 + 8 * i, 140, 80 + 8 * i)} for i in range(20)], closed=(1,))
    assert reader.asked == []


def test_far_vehicles_are_not_looked_at():
    classifier = RedPickups()
    drive(identifier_of(classifier=classifier), [{1: (100, 50 + 8 * i, 120, 70 + 8 * i)} for i in range(20)])
    assert classifier.asked == []


def held_pictures(seconds, boxes_at):
    """How many pictures are alive after each frame of a camera at 2 frames a second, whose detector's scores vary."""
    identifier, random = identifier_of(), np.random.default_rng(1)
    pictures = []
    for index in range(2 * seconds):
        one = frame(index, fps=2, size=(16, 9))
        pictures.append(weakref.ref(one.image))
        shown = tracks(boxes_at(index))
        scores = random.uniform(0.6, 0.9, len(shown)).astype(np.float32)
        identifier.identify(Tracked(Batch((one,)), (dataclasses.replace(shown, scores=scores),), ()))
        del one
        pictures = [picture for picture in pictures if picture() is not None]
        yield len(pictures)


def parked(count):
    return {slot: (100 * slot, 100, 100 * slot + 80, 160) for slot in range(1, count + 1)}


def test_parked_cars_hold_few_pictures_between_them():
    held = list(held_pictures(150, lambda _: parked(30)))
    assert max(held) > MAXIMUM_HELD_FRAMES
    assert max(held[round(2 * STANDING_S) + 1 :]) <= MAXIMUM_HELD_FRAMES


def test_so_do_cars_that_drove_in_and_parked():
    def arriving(index):
        return {slot: (x1, y1 - 4 * max(0, 60 - index), x2, y2) for slot, (x1, y1, x2, y2) in parked(30).items()}

    held = list(held_pictures(180, arriving))
    assert max(held[round(2 * STANDING_S) + 70 :]) <= MAXIMUM_HELD_FRAMES


def test_cars_that_move_hold_a_picture_each_besides_the_one_of_the_parked_ones():
    def half_move(index):
        rows = parked(30).items()
        return {n: (x1, y1 + 30 * index * (n <= 12), x2, y2 + 30 * index * (n <= 12)) for n, (x1, y1, x2, y2) in rows}

    held = list(held_pictures(100, half_move))
    assert max(held[round(2 * STANDING_S) + 5 :]) <= 12 + 1


def test_travel_is_told_in_sizes_of_the_box():
    assert travel_boxes(trajectory([(0, 0, 30, 30), (60, 80, 90, 110)])) == pytest.approx(100 / 30)


@pytest.mark.parametrize(
    ("scores", "passages"),
    [([0.62] * 30, 0), ([0.4] * 29 + [0.7], 1), ([0.7] + [0.2] * 29, 1)],
    ids=["never sure: a shadow", "sure at last", "sure at first"],
)
def test_a_vehicle_is_surely_seen_at_least_once(scores, passages):
    identifier = identifier_of()
    for index, (boxes, score) in enumerate(zip(driving(len(scores)), scores, strict=True)):
        identifier.identify(Tracked(Batch((frame(index),)), (tracks(boxes, score=score),), ()))
    closing = Tracked(Batch((), ("north",)), (), (("north", (1,)),))
    assert len(identifier.identify(closing)) == passages
