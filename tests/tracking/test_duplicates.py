from __future__ import annotations

import numpy as np
import pytest

from traffic.tracking.duplicates import duplicates, same_place

BUS, FAR = (100, 150, 200, 300), (500, 0, 550, 30)


def table(*boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param((102, 10, 198, 301), True, id="a box of the bus and of the bus hidden behind it"),
        pytest.param((100, 200, 200, 300), True, id="a second box, of the lower half"),
        pytest.param((100, 50, 200, 190), False, id="the vehicle behind, higher in the picture"),
        pytest.param((120, 240, 180, 330), False, id="a car in front of it, lower in the picture"),
        pytest.param((120, 200, 180, 300), False, id="a motorcycle at its tail"),
        pytest.param((210, 200, 310, 300), False, id="its neighbour in the next lane"),
    ],
)
def test_two_boxes_in_one_place_on_the_road_are_one_vehicle(other, same):
    assert same_place(table(BUS, BUS), table(FAR, other)).tolist() == [False, same]
    assert same_place(table(other), table(BUS)).tolist() == [same]


@pytest.mark.parametrize(("iou", "same"), [(0.5, True), (0.9, False)])
def test_boxes_that_overlap_enough_are_one_vehicle_wherever_they_stand(iou, same):
    assert duplicates(table(BUS), table((110, 130, 210, 280)), iou).tolist() == [same]


def test_boxes_without_area_are_alike_in_one_place_only():
    point, elsewhere = (5, 5, 5, 5), (50, 50, 50, 50)
    assert duplicates(table(point, point), table(point, elsewhere), 0.5).tolist() == [True, False]


def test_no_boxes_have_no_duplicates():
    assert duplicates(table(), table(), 0.5).shape == (0,)
