import numpy as np
import pytest

from traffic.plates.cells import CELL_VALUES, boxes, on_vehicle, outside

ASLANT = [0.7, 10, 20, 50, 24, 48, 40, 8, 36]  # its middle is (29, 30)
CELLS = np.array([ASLANT, [0.2, 100, 100, 140, 100, 140, 110, 100, 110]], np.float32)
NONE = np.zeros((0, CELL_VALUES), np.float32)


def test_a_box_goes_around_all_corners():
    np.testing.assert_array_equal(boxes(CELLS), [[8, 20, 50, 40], [100, 100, 140, 110]])


@pytest.mark.parametrize(
    ("vehicle", "expected"),
    [
        ((0, 0, 60, 60), [True, False]),
        ((0, 0, 29, 30), [True, False]),
        ((0, 0, 28, 60), [False, False]),
        ((0, 0, 200, 200), [True, True]),
    ],
    ids=["one", "its middle on the edge", "its middle beside it", "both"],
)
def test_a_plate_is_on_a_vehicle_by_its_middle(vehicle, expected):
    assert on_vehicle(CELLS, vehicle).tolist() == expected
    assert outside(CELLS, np.array([vehicle], np.float32)).tolist() == [not each for each in expected]


def test_outside_means_in_none_of_the_boxes():
    others = np.array([[0, 0, 60, 60], [110, 100, 125, 108]], np.float32)
    assert outside(CELLS, others).tolist() == [False, False]
    assert outside(CELLS, others[:0]).tolist() == [True, True]


def test_no_cells_are_nowhere():
    assert boxes(NONE).shape == (0, 4)
    assert on_vehicle(NONE, (0, 0, 9, 9)).shape == outside(NONE, np.zeros((2, 4), np.float32)).shape == (0,)
