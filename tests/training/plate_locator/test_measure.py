import numpy as np
import pytest

from traffic.datatypes import VehicleCrop
from traffic.plates.locator import PlateCorners
from traffic.training.plate_locator.measure import corner_error, false_finds, findings, recall, whole
from traffic.training.plate_locator.samples import PlateView

QUAD = np.array([[[40, 40], [80, 40], [80, 50], [40, 50]]], np.float32)


def view(quads: np.ndarray = QUAD, exact: bool = True) -> PlateView:
    return PlateView(np.zeros((100, 200, 3), np.uint8), quads, np.full(len(quads), exact))


def finder(*answers: tuple[float, float, float] | None):
    """A finder that answers in turn with the plate moved by (x, y) and a score, or not at all."""
    left = iter(answers)

    def find(crop: VehicleCrop) -> PlateCorners | None:
        answer = next(left)
        return None if answer is None else PlateCorners(QUAD[0] + np.float32(answer[:2]), answer[2])

    return find


def test_a_find_counts_from_half_overlap_and_its_score_on() -> None:
    judged = findings(finder((0, 0, 0.9), (10, 0, 0.9), (20, 0, 0.9), (0, 0, 0.2), None), [view()] * 5)
    assert [round(one.iou, 2) for one in judged] == [1, 0.6, 0.33, 1, 0]
    assert recall(judged) == pytest.approx(3 / 5)
    assert recall(judged, 0.5) == pytest.approx(2 / 5)


def test_corners_are_told_in_heights_of_the_plate_over_the_plates_found() -> None:
    judged = findings(finder((1.5, 2, 0.9), (0, 0, 0.9), (25, 0, 0.9)), [view()] * 3)
    assert corner_error(judged) == pytest.approx((0.25 + 0) / 2)


def test_boxes_alone_tell_nothing_of_corners() -> None:
    assert np.isnan(corner_error(findings(finder((0, 0, 0.9)), [view(exact=False)])))


def test_any_of_several_plates_will_do() -> None:
    both = np.concatenate([QUAD + 300, QUAD])
    assert recall(findings(finder((1, 0, 0.9)), [view(both)])) == 1


def test_pictures_without_plates_have_no_finding_and_may_have_false_ones() -> None:
    empty = view(np.zeros((0, 4, 2), np.float32))
    assert findings(finder(), [empty]) == []
    assert false_finds(finder((0, 0, 0.9), (0, 0, 0.2), None, None), [empty] * 4, 0.5) == pytest.approx(1 / 4)


def test_a_whole_picture_is_a_crop_of_all_of_it() -> None:
    crop = whole(np.zeros((100, 200, 3), np.uint8))
    assert crop.xyxy == (0, 0, 200, 100)
