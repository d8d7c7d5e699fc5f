import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.errors import ConfigError
from traffic.evaluation.formats.polygons import box_around

COORDINATES = st.floats(-50, 500, width=32)
POLYGONS = st.lists(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=6), min_size=1, max_size=4)


@given(POLYGONS)
def test_the_box_holds_every_point_and_touches_the_outermost(parts: list[list[tuple[float, float]]]) -> None:
    points = np.array([point for part in parts for point in part])
    flat = [[number for point in part for number in point] for part in parts]
    if (np.ptp(points, axis=0) == 0).any():
        with pytest.raises(ConfigError, match="an area"):
            box_around(flat, "here")
        return
    np.testing.assert_array_equal(box_around(flat, "here"), [*points.min(axis=0), *points.max(axis=0)])


@pytest.mark.parametrize(
    ("segmentation", "expected"),
    [
        (None, "labels.json: annotations.3: expected a bbox or polygons, got neither"),
        ([], "expected a bbox or polygons, got neither"),
        ({"counts": "PQe12", "size": [9, 9]}, r"got a mask as run lengths \(counts, size\)"),
        ([[1, 2, 3, 4]], r"annotations.3.segmentation.0: expected x and y of three points or more, got 4 numbers"),
        ([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7]], r"segmentation.1: .* got 7 numbers"),
        ([1, 2, 3, 4, 5, 6], r"segmentation.0: expected polygons of x, y, x, y"),
        ("PQe12", r"segmentation: expected polygons of x, y, x, y"),
        ([[1, 2, 3, "car", 5, 6]], r"segmentation.0.3: expected polygons"),
        ([[1, 2, 3, float("nan"), 5, 6]], r"segmentation.0.3: expected polygons"),
        ([[1, 2, 3, 2, 5, 2]], r"annotations.3.segmentation: expected polygons with an area, got 1,2 to 5,2"),
    ],
)
def test_what_gives_no_box_is_named(segmentation: object, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as refused:
        box_around(segmentation, "labels.json: annotations.3")
    assert "bbox" in refused.value.remedy
