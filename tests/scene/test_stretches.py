import numpy as np
import pytest

from traffic.scene.stretches import stretches


@pytest.mark.parametrize(
    ("what", "seconds", "measurable", "expected"),
    [
        ("no gap", [0, 0.1, 0.2], "yyy", [[0, 1, 2]]),
        ("a second without a box", [0, 0.1, 1.1, 1.2], "yyyy", [[0, 1, 2, 3]]),
        ("more than a second without a box", [0, 0.1, 1.2, 1.3], "yyyy", [[0, 1], [2, 3]]),
        ("one box that cannot be measured", [0, 0.1, 0.2, 0.3], "yyny", [[0, 1, 3]]),
        ("out of the zone and in again", [0, 0.1, 0.2, 0.3, 0.4], "ynnyy", [[0], [3, 4]]),
        ("the ends cannot be measured", [0, 0.5, 1.0, 1.5], "nyyn", [[1, 2]]),
        ("nothing can be measured", [0, 0.1], "nn", [[]]),
    ],
)
def test_a_path_with(what, seconds, measurable, expected):
    pts_ns = np.round(np.array(seconds) * 1e9).astype(np.int64)
    told = stretches(pts_ns, np.array([each == "y" for each in measurable]))
    assert [each.tolist() for each in told] == expected
