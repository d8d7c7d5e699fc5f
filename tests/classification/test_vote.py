from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.classification.classifier import Appearance
from traffic.classification.vote import DETECTED_AS, LEAST_COLOUR_SHARE, AppearanceVote, ClassVote, crop_quality
from traffic.datatypes import VEHICLE_CLASSES, VEHICLE_COLOURS, VEHICLE_TYPES

CAR, VAN, BUS, TRUCK, MOTORCYCLE = range(5)
FRAME = (1280, 720)
LARGE, SMALL, CUT = (100.0, 100.0, 260.0, 220.0), (100.0, 100.0, 140.0, 132.0), (0.0, 100.0, 160.0, 220.0)


@pytest.mark.parametrize(
    ("votes", "winner", "share"),
    [
        ([(CAR, 0.9)], "car", 1.0),
        ([(CAR, 0.9), (BUS, 0.4), (BUS, 0.4)], "car", 0.9 / 1.7),
        ([(CAR, 0.5), (VAN, 0.5)], "car", 0.5),
        ([(VAN, 0.3)] * 9 + [(CAR, 0.9)] * 2, "van", 0.6),
        ([], "car", 0.0),
    ],
    ids=["one", "a sure one outweighs two weak", "equals", "many weak outweigh", "none"],
)
def test_the_type_with_most_score_wins(votes, winner, share):
    vote = ClassVote()
    for class_id, score in votes:
        vote.add(class_id, score)
    assert vote.winner() == (winner, pytest.approx(share))


def appearance(types: dict[str, float], colours: dict[str, float] | None = None) -> Appearance:
    """What is not named shares the rest."""
    return Appearance(_row(VEHICLE_TYPES, types), _row(VEHICLE_COLOURS, colours or {}))


def _row(names: tuple[str, ...], told: dict[str, float]) -> np.ndarray:
    rest = (1 - sum(told.values())) / (len(names) - len(told))
    return np.array([told.get(name, rest) for name in names], np.float32)


def voted(detected: list[int], seen: list[tuple[dict[str, float], tuple[float, float, float, float]]]) -> str:
    vote = AppearanceVote(VEHICLE_TYPES, VEHICLE_COLOURS)
    for class_id in detected:
        vote.add_detection(class_id, 0.8)
    for types, xyxy in seen:
        vote.add_appearance(appearance(types), xyxy, FRAME)
    return vote.type()[0]


@pytest.mark.parametrize(
    ("detected", "seen", "expected"),
    [
        ([TRUCK] * 9, [({"articulated_truck": 0.7, "truck": 0.25}, LARGE)] * 3, "articulated_truck"),
        ([TRUCK] * 9, [({"truck": 0.7, "articulated_truck": 0.25}, LARGE)] * 3, "truck"),
        ([CAR] * 9, [({"pickup": 0.8, "car": 0.15}, LARGE)] * 3, "pickup"),
        ([TRUCK] * 5 + [CAR] * 4, [({"pickup": 0.5, "car": 0.4}, LARGE)] * 3, "pickup"),
        ([CAR] * 9, [({"car": 0.5, "pickup": 0.45}, LARGE)] * 3, "car"),
        ([MOTORCYCLE] * 9, [({"car": 0.6, "motorcycle": 0.3}, SMALL)] * 3, "motorcycle"),
        ([CAR] * 9, [({"van": 0.8, "car": 0.15}, LARGE)] * 2, "van"),
        ([BUS] * 9, [({"bus": 0.45, "truck": 0.5}, LARGE)], "bus"),
        ([], [({"van": 0.8}, LARGE)], "van"),
        ([], [({"van": 0.8}, LARGE), ({"car": 0.9}, SMALL)], "van"),
        ([CAR] * 3, [({"van": 0.8}, CUT), ({"car": 0.8}, LARGE)], "car"),
        ([BUS, BUS, TRUCK], [], "bus"),
    ],
    ids=[
        "a lorry is found to be articulated",
        "a lorry stays rigid",
        "a car is found to be a pickup",
        "between car and truck lies the pickup",
        "a car stays a car",
        "the detector outweighs an unsure look",
        "a car is found to be a van",
        "a bus that looks like a truck from here",
        "no detection counted",
        "the nearer look counts more",
        "a cut look counts less",
        "no look: the detector's class",
    ],
)
def test_the_classifier_refines_what_the_detector_says(detected, seen, expected):
    assert voted(detected, seen) == expected


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([({"red": 0.9}, LARGE)], "red"),
        ([({"red": 0.6}, LARGE), ({"black": 0.9}, SMALL)], "red"),
        ([({"white": 0.5, "grey": 0.45}, LARGE)] * 4, "white"),
        ([({"white": 0.35, "grey": 0.33, "brown": 0.3}, LARGE)] * 4, None),
        ([], None),
    ],
    ids=["one look", "the nearer look counts more", "white before grey", "unsure", "no look"],
)
def test_the_colour_is_told_where_it_is_clear(looks, expected):
    vote = AppearanceVote(VEHICLE_TYPES, VEHICLE_COLOURS)
    for colours, xyxy in looks:
        vote.add_appearance(appearance({}, colours), xyxy, FRAME)
    told = vote.colour()
    assert (told and told[0]) == expected
    assert told is None or told[1] >= LEAST_COLOUR_SHARE


def test_before_any_vote_there_is_no_certainty():
    vote = AppearanceVote(VEHICLE_TYPES, VEHICLE_COLOURS)
    assert vote.type() == ("car", 0.0)
    assert vote.colour() is None


@given(
    detected=st.lists(st.tuples(st.integers(0, 4), st.floats(0.01, 1)), max_size=6),
    looks=st.lists(st.lists(st.floats(0.001, 1), min_size=7, max_size=7), min_size=1, max_size=5),
)
def test_the_share_is_a_probability_and_repeating_every_look_changes_nothing(detected, looks):
    once, twice = (AppearanceVote(VEHICLE_TYPES, VEHICLE_COLOURS) for _ in range(2))
    for vote, times in ((once, 1), (twice, 2)):
        for class_id, score in detected:
            vote.add_detection(class_id, score)
        for weights in looks * times:
            types = (np.array(weights) / sum(weights)).astype(np.float32)
            vote.add_appearance(Appearance(types, np.full(8, 0.125, np.float32)), LARGE, FRAME)
    assert 1 / 7 - 1e-6 <= once.type()[1] <= 1
    assert twice.type()[1] == pytest.approx(once.type()[1])


def test_every_type_is_detected_as_something():
    assert set(DETECTED_AS) == set(VEHICLE_TYPES)
    for shares in DETECTED_AS.values():
        assert len(shares) == len(VEHICLE_CLASSES)
        assert sum(shares) == pytest.approx(1)
        assert min(shares) > 0


@pytest.mark.parametrize(
    ("xyxy", "quality"),
    [(LARGE, 1.0), (SMALL, 0.5), (CUT, 0.2), ((5.0, 5.0, 5.0, 9.0), 0.001)],
    ids=["large", "half the side", "cut", "nothing"],
)
def test_a_look_counts_by_size_and_wholeness(xyxy, quality):
    assert crop_quality(xyxy, FRAME) == pytest.approx(quality)
