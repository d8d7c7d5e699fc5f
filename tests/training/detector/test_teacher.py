import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.training.detector.teacher import taught

LABEL, SAME, ELSEWHERE = (10, 10, 50, 50), (12, 10, 52, 50), (200, 10, 240, 50)
ANY = VEHICLE_CLASSES


def labelled(*allowed: tuple[str, ...]) -> LabelledImage:
    boxes = np.array([LABEL] * len(allowed), np.float32).reshape(-1, 4)
    return LabelledImage("one", np.zeros((100, 300, 3), np.uint8), boxes, class_mask(allowed))


def seen(*rows: tuple[tuple[int, ...], str, float]) -> Detections:
    return Detections(
        np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4),
        np.array([score for _, _, score in rows], np.float32),
        np.array([VEHICLE_CLASSES.index(name) for _, name, _ in rows], np.int64),
    )


@pytest.mark.parametrize(
    ("label", "detections", "expected"),
    [
        pytest.param(ANY, [(SAME, "bus", 0.6)], ("bus", "van"), id="a bus to the teacher is a bus or a van"),
        pytest.param(ANY, [(SAME, "car", 0.6)], ("car", "van"), id="it knows no vans, so a car may be one"),
        pytest.param(ANY, [(SAME, "bus", 0.3)], ANY, id="too unsure to say"),
        pytest.param(ANY, [(ELSEWHERE, "bus", 0.9)], ANY, id="speaks of another vehicle"),
        pytest.param(ANY, [], ANY, id="sees nothing"),
        pytest.param(("truck",), [(SAME, "bus", 0.9)], ("truck",), id="a certain label is not the teacher's to change"),
        pytest.param(("car", "van"), [(SAME, "bus", 0.9)], ("car", "van"), id="nor one that is partly open"),
        pytest.param(ANY, [(SAME, "bus", 0.5), (LABEL, "truck", 0.8)], ("truck", "van"), id="the surer one speaks"),
    ],
)
def test_open_labels_are_narrowed(
    label: tuple[str, ...], detections: list[tuple[tuple[int, ...], str, float]], expected: tuple[str, ...]
) -> None:
    picture = taught(labelled(label), seen(*detections), class_score=0.4, ignore_score=0.95)
    assert picture.allowed[0].tolist() == class_mask([expected])[0].tolist()


def test_an_unlabelled_vehicle_is_not_taught_as_background() -> None:
    picture = taught(labelled(ANY), seen((SAME, "car", 0.9), (ELSEWHERE, "car", 0.5)), 0.4, 0.3)
    assert picture.is_vehicle.tolist() == [True, False]
    np.testing.assert_array_equal(picture.xyxy[1], ELSEWHERE)


def test_a_weak_detection_makes_no_region() -> None:
    assert len(taught(labelled(), seen((ELSEWHERE, "car", 0.2)), 0.4, 0.3).xyxy) == 0


def test_a_picture_without_labels_can_be_taught() -> None:
    assert taught(labelled(), seen((ELSEWHERE, "car", 0.5)), 0.4, 0.3).is_vehicle.tolist() == [False]
