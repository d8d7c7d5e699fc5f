from __future__ import annotations

import numpy as np
import pytest

from traffic.tracking.gate import STRIP, touching


def _pairs(centre: np.ndarray, reach: np.ndarray, boxes: np.ndarray) -> list[tuple[int, int]]:
    middle, size = boxes
    found = touching(centre - reach, centre + reach, middle - size / 2, middle + size / 2)
    return sorted(zip(found[0].tolist(), found[1].tolist(), strict=True))


@pytest.mark.parametrize("places", [0, 1, 7, STRIP - 1, STRIP, STRIP + 1, 3 * STRIP])
@pytest.mark.parametrize("boxes", [0, 1, 50, 400])
def test_every_overlap_is_found_once_however_many_there_are(places, boxes):
    rng = np.random.default_rng(places + boxes)
    centre, reach = rng.uniform(0, 2000, (2, places)), rng.uniform(5, 90, (2, places))
    other, size = rng.uniform(0, 2000, (2, boxes)), rng.uniform(10, 150, (2, boxes))
    size[:, ::40] = 1500
    each = [
        (i, j)
        for i in range(places)
        for j in range(boxes)
        if (np.abs(centre[:, i] - other[:, j]) < reach[:, i] + size[:, j] / 2).all()
    ]
    assert _pairs(centre, reach, np.stack([other, size])) == each


def test_what_only_meets_at_an_edge_does_not_overlap():
    centre, reach = np.array([[10.0], [10.0]]), np.array([[5.0], [5.0]])
    beside = np.array([[[20.0], [10.0]], [[10.0], [10.0]]])
    assert _pairs(centre, reach, beside) == []
