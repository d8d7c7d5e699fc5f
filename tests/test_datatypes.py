import numpy as np
import pytest
from builders import detections, frame, trajectory

from traffic.datatypes import Detections, Frame, Tracks, Trajectory


def f32(*shape):
    return np.zeros(shape, np.float32)


def i64(*shape):
    return np.zeros(shape, np.int64)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Detections(f32(2, 5), f32(2), i64(2)),
        lambda: Detections(f32(2, 4), f32(3), i64(3)),
        lambda: Detections(f32(2, 4), f32(2), np.zeros(2, np.int32)),
        lambda: Detections(np.zeros((2, 4)), f32(2), i64(2)),
        lambda: Tracks(i64(2), i64(1), f32(2, 4), f32(2), i64(2)),
        lambda: Trajectory(i64(3), f32(2, 4), (640, 384)),
        lambda: Trajectory(i64(0), f32(0, 4), (640, 384)),
        lambda: Frame("a", "r", 0, 0, frame().captured_at, np.zeros((4, 4), np.uint8)),
        lambda: Frame("a", "r", 0, 0, frame().captured_at, np.zeros((4, 4, 3), np.float32)),
    ],
    ids=[
        "5 columns",
        "lengths differ",
        "int32",
        "float64",
        "tracks differ",
        "path differs",
        "no path",
        "grey",
        "float",
    ],
)
def test_a_record_of_the_wrong_shape_or_type_cannot_be_built(build):
    with pytest.raises(ValueError, match=r"expected|at least one"):
        build()


def test_an_empty_record_is_nothing_special():
    assert len(Detections.empty()) == 0
    assert Detections.empty().xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    "array", [frame().image, detections((0, 0, 1, 1, 0.5, 0)).xyxy, trajectory([(0, 0, 1, 1)]).xyxy]
)
def test_arrays_in_a_record_are_read_only(array):
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0


def test_a_vehicle_meets_the_road_in_the_middle_of_its_lower_edge():
    assert trajectory([(10, 20, 30, 60)]).ground_points.tolist() == [[20.0, 60.0]]
