"""Who stands in front of whom, seen by a camera that looks down a road."""

import numpy as np
import pytest

from traffic.privacy.places import holds_middle, in_front, is_accused, occupies, part, to_border, wider, without

CAR = (100.0, 100.0, 200.0, 200.0)


@pytest.mark.parametrize(
    ("who", "person", "expected"),
    [
        ("the driver", (140, 120, 160, 140), True),
        ("a rider whose head sticks out", (130, 70, 170, 180), True),
        ("on the pavement", (210, 120, 230, 190), False),
        ("half hidden behind its flank", (190, 110, 215, 190), False),
        ("crossing before it", (140, 130, 170, 206), False),
        ("over it, on a bridge", (140, 0, 160, 50), False),
    ],
)
def test_an_occupant_is(who, person, expected):
    assert occupies(person, CAR) == expected


@pytest.mark.parametrize(
    ("what", "plate", "own", "other", "expected"),
    [
        ("the plate that was read", (140, 180, 170, 188), (141, 180, 171, 188), (90, 20, 210, 190), True),
        ("another one beside it", (60, 150, 90, 158), (141, 180, 171, 188), (40, 20, 210, 190), False),
        ("in the car, of a lorry behind it", (140, 180, 170, 188), None, (90, 20, 210, 190), True),
        ("in the car's box, of a car before it", (140, 190, 170, 198), None, (110, 120, 210, 230), False),
        ("outside the car", (60, 150, 90, 158), None, (40, 20, 210, 190), False),
    ],
)
def test_the_accused_plate_is(what, plate, own, other, expected):
    assert is_accused(plate, own, CAR, other) == expected


@pytest.mark.parametrize(
    ("what", "other", "left"),
    [
        ("beside", (300, 100, 400, 200), 40 * 30),
        ("behind, half covered", (150, 60, 250, 190), 20 * 30),
        ("behind, wholly covered", (120, 120, 180, 160), 0),
        ("in front: nothing covers it", (150, 120, 250, 240), 40 * 30),
    ],
)
def test_of_a_place_on_another_vehicle_is_left_what_the_accused_one_does_not_cover(what, other, left):
    x, y = (130.0, 130.0) if "wholly" in what else (other[0] + 30.0, other[1] + 40.0)
    place = (x, y, x + 40.0, y + 30.0)
    boxes = list(without(place, other, CAR))
    canvas = np.zeros((300, 500), int)
    for x1, y1, x2, y2 in boxes:
        canvas[int(y1) : int(y2), int(x1) : int(x2)] += 1
    assert canvas.max(initial=0) <= 1
    assert canvas.sum() == left
    if left < 40 * 30:
        assert canvas[100:200, 100:200].sum() == 0


def test_parts_and_room():
    assert part(CAR, (0.1, 0.5, 0.9, 1.0)) == (110, 150, 190, 200)
    assert wider(CAR, (0.1, 0.2)) == (90, 80, 210, 220)
    assert holds_middle(CAR, (90, 90, 120, 120))
    assert not holds_middle(CAR, (10, 10, 120, 120))
    assert in_front((0, 0, 9, 210), CAR)
    assert not in_front((0, 0, 9, 201), CAR)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((100, 50, 200, 150), (110, 100, 190, 150)),
        ((0, 50, 100, 150), (0, 100, 90, 150)),
        ((1, 50, 101, 150), (0, 100, 91, 150)),
        ((540, 50, 640, 150), (550, 100, 640, 150)),
        ((0, 50, 640, 150), (0, 100, 640, 150)),
    ],
    ids=["in the middle", "cut on the left", "nearly", "cut on the right", "on both sides"],
)
def test_the_part_of_a_vehicle_that_the_picture_cuts_reaches_to_its_side(box, expected):
    assert to_border(part(box, (0.1, 0.5, 0.9, 1.0)), box, 640) == expected
