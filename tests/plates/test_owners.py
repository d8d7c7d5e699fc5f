import numpy as np
import pytest
from builders import frame

from traffic.datatypes import VehicleCrop
from traffic.plates.owners import plates_of_others, plates_of_smaller

SMALL, LARGE, TWICE = (100, 100, 200, 180), (80, 80, 500, 400), (98, 96, 204, 184)
PLATE, NEARLY, ELSEWHERE = (130, 150, 160, 158), (131, 150, 162, 159), (300, 300, 360, 315)
BESIDE = (202, 150, 230, 158)
NOTHING = (np.nan,) * 4


def taken(*pairs):
    shown = frame(size=(640, 480))
    crops = [VehicleCrop(shown, box) for box, _ in pairs]
    return [rows.tolist() for rows in plates_of_others(crops, np.array([plate for _, plate in pairs], np.float32))]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (((SMALL, PLATE), (LARGE, NEARLY)), [[], [list(PLATE)]]),
        (((LARGE, NEARLY), (SMALL, PLATE)), [[list(PLATE)], []]),
        (((SMALL, PLATE), (LARGE, ELSEWHERE)), [[], []]),
        (((SMALL, NOTHING), (LARGE, PLATE)), [[], []]),
        (((SMALL, PLATE), (LARGE, NOTHING)), [[], []]),
        (((SMALL, PLATE), (TWICE, NEARLY)), [[], []]),
        (((SMALL, PLATE),), [[]]),
        (((SMALL, BESIDE), (LARGE, BESIDE)), [[], []]),
    ],
    ids=[
        "shared",
        "in any order",
        "two plates",
        "the smaller found none",
        "the larger none",
        "one twice",
        "alone",
        "in the room around the smaller",
    ],
)
def test_a_plate_in_two_crops_is_the_smaller_vehicles(pairs, expected):
    assert taken(*pairs) == expected


def test_every_plate_of_a_smaller_vehicle_is_passed_over_where_one_is_shared():
    other = (220, 200, 300, 260)
    assert taken((SMALL, PLATE), (other, (240, 240, 270, 250)), (LARGE, PLATE))[2] == [
        list(PLATE),
        [240, 240, 270, 250],
    ]


def test_vehicles_of_two_frames_share_nothing():
    crops = [VehicleCrop(frame(0, size=(640, 480)), SMALL), VehicleCrop(frame(1, size=(640, 480)), LARGE)]
    assert [len(rows) for rows in plates_of_others(crops, np.array([PLATE, PLATE], np.float32))] == [0, 0]


def test_no_crops_share_nothing():
    assert plates_of_others([], np.zeros((0, 4), np.float32)) == []


def test_the_plates_of_smaller_vehicles_are_told_whether_one_is_shared_or_not():
    shown = frame(size=(640, 480))
    crops = [VehicleCrop(shown, SMALL), VehicleCrop(shown, LARGE)]
    of_small, of_large = plates_of_smaller(crops, np.array([PLATE, ELSEWHERE], np.float32))
    assert [of_small.tolist(), of_large.tolist()] == [[], [list(PLATE)]]
    assert [len(rows) for rows in plates_of_smaller(crops, np.array([BESIDE, ELSEWHERE], np.float32))] == [0, 0]
