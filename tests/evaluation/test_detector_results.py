import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.detector_results import DetectorReport, detector_result
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import class_mask

pytest.importorskip("faster_coco_eval", reason="faster-coco-eval is not here: pip install 'traffic[evaluation]'")

LEFT, MIDDLE, RIGHT, FAR = (0, 0, 40, 40), (100, 0, 140, 40), (200, 0, 240, 40), (300, 0, 340, 40)
Box = tuple[int, int, int, int]


def answer(labels: list[tuple[Box, tuple[str, ...]]], found: list[tuple[Box, str, float]]) -> Answer:
    detections = Detections(
        np.array([box for box, _, _ in found], np.float32).reshape(-1, 4),
        np.array([score for _, _, score in found], np.float32),
        np.array([VEHICLE_CLASSES.index(name) for _, name, _ in found], np.int64),
    )
    xyxy = np.array([box for box, _ in labels], np.float32).reshape(-1, 4)
    return Answer(xyxy, class_mask(allowed for _, allowed in labels), detections)


@pytest.fixture
def answers() -> list[Answer]:
    """A car and a bus found, a truck called a bus, a van missed, a motorcycle seen too weakly, one false alarm."""
    return [
        answer([(LEFT, ("car",)), (MIDDLE, ("truck",))], [(LEFT, "car", 0.9), (MIDDLE, "bus", 0.8)]),
        answer([(LEFT, ("bus",)), (MIDDLE, ("van",))], [(LEFT, "bus", 0.7), (FAR, "car", 0.6)]),
        answer([(RIGHT, ("motorcycle",))], [(RIGHT, "motorcycle", 0.2)]),
    ]


def test_vehicles_as_one_class(answers: list[Answer]) -> None:
    vehicles = detector_result("ours", answers, 0.5, 0.5).vehicles
    assert (vehicles.boxes, vehicles.point.found, vehicles.point.missed, vehicles.point.false) == (5, 3, 2, 1)
    assert (vehicles.point.precision, vehicles.point.recall) == (0.75, 0.6)
    assert vehicles.coco.ar_100 == pytest.approx(4 / 5), "AR takes the weak ones too"


def test_classes_come_in_our_order_with_their_own_figures(answers: list[Answer]) -> None:
    result = detector_result("ours", answers, 0.5, 0.5)
    assert [each.label for each in result.classes] == list(VEHICLE_CLASSES)
    by_name = {each.label: each for each in result.classes}
    assert by_name["truck"].point.recall == 0
    assert by_name["bus"].point.precision == 0.5
    assert by_name["motorcycle"].coco.ap50 == pytest.approx(1)
    assert result.mean.ap50 == pytest.approx(np.mean([each.coco.ap50 for each in result.classes]))


def test_what_each_class_was_called(answers: list[Answer]) -> None:
    types = detector_result("ours", answers, 0.5, 0.5).types
    called = {
        label: dict(zip(types.answers, row, strict=True)) for label, row in zip(types.labels, types.counts, strict=True)
    }
    assert called["truck"]["bus"] == 1
    assert called["van"]["missed"] == 1
    assert called["motorcycle"]["missed"] == 1
    assert types.total == 5


def test_the_right_type_is_told_of_what_was_found(answers: list[Answer]) -> None:
    result = detector_result("ours", answers, 0.5, 0.1)
    assert {each.label: each.right_type for each in (result.vehicles, *result.classes)} == {
        "all vehicles as one class": None,
        "car": 1,
        "van": None,
        "bus": 1,
        "truck": 0,
        "motorcycle": 1,
    }


def test_labels_that_leave_classes_open_are_a_class_of_their_own() -> None:
    judged = [answer([(LEFT, ("car", "van")), (MIDDLE, VEHICLE_CLASSES), (FAR, ())], [(LEFT, "van", 0.9)])]
    result = detector_result("ours", judged, 0.5, 0.5)
    assert [each.label for each in result.classes] == ["car or van"]
    assert result.classes[0].coco.ap50 == pytest.approx(1)
    assert result.vehicles.boxes == 2
    assert result.types.counts == ((0, 1, 0, 0, 0, 0),)
    assert result.classes[0].right_type == 1


def test_a_set_that_says_vehicle_only_has_no_classes() -> None:
    result = detector_result("ours", [answer([(LEFT, VEHICLE_CLASSES)], [])], 0.5, 0.5)
    assert result.classes == ()
    assert result.mean.ap is None
    assert result.vehicles.coco.ap == 0


def test_the_curve_is_taken_at_the_chosen_iou() -> None:
    judged = [answer([(LEFT, ("car",))], [((0, 0, 40, 30), "car", 0.9)])]  # IoU .75
    loose, strict = (detector_result("ours", judged, iou, 0.5).vehicles for iou in (0.5, 0.9))
    assert (max(loose.precision_at_recall), max(strict.precision_at_recall)) == pytest.approx((1, 0))
    assert (loose.point.found, strict.point.found) == (1, 0)


def test_a_report_is_read_back_as_it_was_written(answers: list[Answer]) -> None:
    report = DetectorReport(
        data="made up",
        pictures=3,
        left_out={"person": 2},
        input_size=(640, 384),
        iou=0.5,
        score=0.5,
        models=(detector_result("ours", answers, 0.5, 0.5),),
    )
    assert DetectorReport.model_validate_json(report.model_dump_json()) == report
