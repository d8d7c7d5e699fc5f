import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.detection import (
    best_threshold,
    class_precision,
    class_recalls,
    f1,
    label_groups,
    one_class_precision,
)
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import class_mask

LEFT, MIDDLE, RIGHT = (0, 0, 40, 40), (100, 0, 140, 40), (200, 0, 240, 40)
Box = tuple[int, int, int, int]


def answer(labels: list[tuple[Box, tuple[str, ...]]], found: list[tuple[Box, str, float]]) -> Answer:
    """One picture: what its labels allow, and what a detector said."""
    detections = Detections(
        np.array([box for box, _, _ in found], np.float32).reshape(-1, 4),
        np.array([score for _, _, score in found], np.float32),
        np.array([VEHICLE_CLASSES.index(name) for _, name, _ in found], np.int64),
    )
    return Answer(
        np.array([box for box, _ in labels], np.float32).reshape(-1, 4), class_mask(a for _, a in labels), detections
    )


def test_as_one_class_a_truck_called_a_bus_is_found() -> None:
    judged = [answer([(LEFT, ("truck",))], [(LEFT, "bus", 0.9)])]
    assert one_class_precision(judged).ap50 == pytest.approx(1)
    assert class_precision(judged, ["truck"]).ap50 == 0


def test_an_open_label_is_found_as_any_of_its_classes() -> None:
    judged = [answer([(LEFT, ("car", "van"))], [(LEFT, "van", 0.9)])]
    assert class_precision(judged, ["car", "van"]).ap50 == pytest.approx(1)


def test_a_box_whose_label_might_be_the_class_counts_neither_way() -> None:
    judged = [answer([(LEFT, ("van",)), (MIDDLE, ("car", "van"))], [(MIDDLE, "van", 0.9), (LEFT, "van", 0.8)])]
    assert class_precision(judged, ["van"]).ap50 == pytest.approx(1)


def test_a_false_alarm_in_a_region_to_ignore_costs_nothing() -> None:
    judged = [answer([(LEFT, ("car",)), (RIGHT, ())], [(RIGHT, "car", 0.9), (LEFT, "car", 0.8)])]
    assert one_class_precision(judged).ap50 == pytest.approx(1)
    assert f1(judged, 0.5) == pytest.approx(1)


def test_recall_counts_the_found_and_the_class_among_the_found() -> None:
    judged = [
        answer([(LEFT, ("van",)), (MIDDLE, ("van",)), (RIGHT, ("van",))], [(LEFT, "van", 0.9), (MIDDLE, "car", 0.8)])
    ]
    (van,) = class_recalls("made up", judged, minimum_score=0.3)
    assert (van.set, van.class_name, van.vehicles) == ("made up", "van", 3)
    assert van.recall == pytest.approx(2 / 3, abs=1e-3)
    assert van.correct_class == pytest.approx(1 / 2)


def test_recall_leaves_out_small_hidden_and_uncertain_vehicles() -> None:
    small, hidden, hiding = (300, 0, 310, 40), (400, 0, 440, 40), (410, 0, 450, 40)
    judged = [
        answer(
            [(LEFT, ("car",)), (small, ("car",)), (MIDDLE, ("car", "van")), (hidden, ("car",)), (hiding, ("car",))], []
        )
    ]
    (car,) = class_recalls("made up", judged, minimum_score=0.3, minimum_side_px=24)
    assert (car.vehicles, car.recall, car.correct_class) == (1, 0, 0)


def test_a_weak_detection_is_no_find_at_a_higher_threshold() -> None:
    judged = [answer([(LEFT, ("car",))], [(LEFT, "car", 0.4)])]
    assert class_recalls("made up", judged, minimum_score=0.5)[0].recall == 0


def test_the_best_threshold_parts_the_true_from_the_false() -> None:
    judged = [
        answer([(LEFT, ("car",)), (MIDDLE, ("car",))], [(LEFT, "car", 0.9), (MIDDLE, "car", 0.5), (RIGHT, "car", 0.4)])
    ]
    assert 0.4 < best_threshold([judged]) <= 0.5
    assert f1(judged, 0.3) == pytest.approx(2 * 2 / (2 + 3))
    assert f1(judged, 0.45) == pytest.approx(1)
    assert f1(judged, 0.7) == pytest.approx(2 / 3)


def test_labels_are_grouped_by_what_they_leave_open() -> None:
    judged = [
        answer([(LEFT, ("car", "van")), (MIDDLE, VEHICLE_CLASSES)], []),
        answer([(LEFT, ("bus",)), (RIGHT, ())], []),
    ]
    assert sorted(label_groups(judged)) == [("bus",), ("car", "van")]
