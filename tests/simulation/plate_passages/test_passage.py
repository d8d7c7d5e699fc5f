from collections import Counter

import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.simulation.plate_passages.passage import RenderedPassage, draw_passage

FIRST_MOTORCYCLE = 1_000_003
"""There the search begins."""


@pytest.fixture(scope="module")
def drawn() -> list[RenderedPassage]:
    return [draw_passage(seed, maximum_views=3) for seed in range(12)]


def test_the_same_seed_gives_the_same_passage_to_the_bit(drawn: list[RenderedPassage]) -> None:
    again = draw_passage(3, maximum_views=3)
    assert again.text == drawn[3].text
    assert again.conditions == drawn[3].conditions
    assert all((a.image == b.image).all() for a, b in zip(again.views, drawn[3].views, strict=True))
    assert Counter(each.text for each in drawn).most_common(1)[0][1] == 1


def test_a_view_shows_the_vehicle_and_its_whole_plate(drawn: list[RenderedPassage]) -> None:
    for view in (view for passage in drawn for view in passage.views):
        height, width = view.image.shape[:2]
        assert view.image.dtype == np.uint8
        assert (view.plate >= 0).all()
        assert (view.plate <= [width, height]).all()
        x1, y1, x2, y2 = view.vehicle_xyxy
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
        middle = view.plate.mean(axis=0)
        assert x1 < middle[0] < x2


def test_time_rises_and_the_vehicle_comes_or_goes(drawn: list[RenderedPassage]) -> None:
    for passage in drawn:
        times = [view.pts_ns for view in passage.views]
        heights = [view.plate_height_px for view in passage.views]
        assert times == sorted(set(times))
        assert heights == sorted(heights, reverse=passage.conditions.heading > 0)
        assert max(heights) <= passage.conditions.plate_height_px * 1.03, "plates hang at different heights"
        assert passage.vehicle in VEHICLE_CLASSES


def test_the_plate_is_as_large_in_the_picture_as_is_told(drawn: list[RenderedPassage]) -> None:
    """The vertical edges of an upright plate are foreshortened by the camera's height alone, so by little."""
    for passage in drawn:
        if passage.kind == "1":
            edges = [np.linalg.norm(view.plate[3] - view.plate[0]) for view in passage.views]
            told = [view.plate_height_px for view in passage.views]
            assert np.divide(edges, told) == pytest.approx(0.95, abs=0.1)


def test_a_height_may_be_asked_for() -> None:
    passage = draw_passage(5, plate_height_px=15.0, maximum_views=2)
    assert passage.conditions.plate_height_px == 15.0
    assert max(view.plate_height_px for view in passage.views) == pytest.approx(15.0, rel=0.15)


def test_a_motorcycles_plate_is_seen_from_behind() -> None:
    passages = (draw_passage(seed, maximum_views=1) for seed in range(FIRST_MOTORCYCLE, FIRST_MOTORCYCLE + 400))
    motorcycle = next(passage for passage in passages if passage.vehicle == "motorcycle")
    assert motorcycle.kind in ("4", "22")
    assert motorcycle.conditions.heading == 1
