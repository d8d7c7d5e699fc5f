import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.detector_misses import DetectorMisses, Miss, Worst
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import LabelledImage, class_mask

LEFT, MIDDLE, RIGHT = (0, 0, 40, 40), (100, 0, 140, 40), (200, 0, 300, 100)
Box = tuple[int, int, int, int]


def misses(
    labels: list[tuple[Box, tuple[str, ...]]], found: list[tuple[Box, str, float]], score: float = 0.5
) -> DetectorMisses:
    """Of one picture."""
    detections = Detections(
        np.array([box for box, _, _ in found], np.float32).reshape(-1, 4),
        np.array([score for _, _, score in found], np.float32),
        np.array([VEHICLE_CLASSES.index(name) for _, name, _ in found], np.int64),
    )
    xyxy = np.array([box for box, _ in labels], np.float32).reshape(-1, 4)
    allowed = class_mask(each for _, each in labels)
    collected = DetectorMisses(0.5, score)
    picture = LabelledImage("a.png", np.full((200, 400, 3), 90, np.uint8), xyxy, allowed)
    collected.add(picture, Answer(xyxy, allowed, detections))
    return collected


def told(worst: Worst) -> list[tuple[str, str, float]]:
    return [(miss.label, miss.answer, round(miss.score, 2)) for miss in worst.largest_first()]


def test_a_vehicle_that_is_found_is_no_miss() -> None:
    collected = misses([(LEFT, ("car",))], [(LEFT, "car", 0.9)])
    assert (told(collected.missed), told(collected.false), told(collected.wrong_type)) == ([], [], [])


def test_a_missed_vehicle_tells_how_weakly_it_was_seen() -> None:
    collected = misses([(LEFT, ("car",)), (MIDDLE, ("car", "van"))], [(LEFT, "car", 0.3), (RIGHT, "bus", 0.2)])
    assert told(collected.missed) == [("car", "", 0.3), ("car or van", "", 0.0)]
    assert told(collected.false) == [], "too weak to be believed"


def test_a_detection_of_nothing_is_false_and_a_second_one_too() -> None:
    collected = misses(
        [(LEFT, ("car",))],
        [(LEFT, "car", 0.9), ((0, 0, 40, 38), "car", 0.8), (RIGHT, "bus", 0.7), (MIDDLE, "van", 0.1)],
    )
    assert told(collected.false) == [("", "bus", 0.7), ("", "car", 0.8)], "the larger one first"


def test_a_vehicle_called_something_else() -> None:
    collected = misses([(LEFT, ("truck",)), (RIGHT, VEHICLE_CLASSES)], [(LEFT, "bus", 0.9), (RIGHT, "bus", 0.9)])
    assert told(collected.wrong_type) == [("truck", "bus", 0.9)]


def test_a_region_to_ignore_is_neither_missed_nor_false() -> None:
    assert told(misses([(RIGHT, ())], []).missed) == []
    assert told(misses([(RIGHT, ())], [(RIGHT, "car", 0.9)]).false) == []


def test_the_picture_shows_truth_and_answer() -> None:
    (miss,) = misses([(LEFT, ("car",))], [(MIDDLE, "car", 0.9)]).missed.largest_first()
    colours = miss.shown.reshape(-1, 3).astype(int)
    assert (colours[:, 1] - colours[:, 2] > 60).any(), "green for the label"
    assert miss.picture == "a.png"
    assert miss.area == 1600


@pytest.mark.parametrize("keep", [1, 3, 9])
def test_only_the_largest_are_kept(keep: int) -> None:
    worst = Worst(keep)
    for side in (5, 9, 1, 7, 9):
        worst.add(Miss(str(side), (0, 0, side, side), "car", "", 0, np.zeros((1, 1, 3), np.uint8)))
    assert [miss.picture for miss in worst.largest_first()] == ["9", "9", "7", "5", "1"][:keep]
    assert worst.seen == 5
