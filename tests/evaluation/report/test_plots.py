import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.evaluation.report.plots import COLOURS, Axis, Mark, Series, line_plot

SHARE = Axis("recall")


def series(name: str, *points: tuple[float, float], is_faint: bool = False) -> Series:
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    return Series(name, x, y, is_faint)


def lines_of(svg: str) -> list[list[tuple[float, float]]]:
    points = [each.get("points", "").split() for each in ElementTree.fromstring(svg).iter("polyline")]
    return [[tuple(map(float, point.split(","))) for point in line] for line in points]


def test_a_line_goes_from_corner_to_corner() -> None:
    (((x1, y1), (x2, y2)),) = lines_of(line_plot("p", SHARE, SHARE, [series("a", (0, 0), (1, 1))]))
    assert x1 < x2
    assert y1 > y2, "SVG counts downwards"


@given(st.lists(st.tuples(st.floats(-2, 3), st.floats(-2, 3)), max_size=20))
def test_nothing_leaves_the_axes(points: list[tuple[float, float]]) -> None:
    ((left, bottom), (right, top)), *rest = lines_of(
        line_plot("p", SHARE, SHARE, [series("frame", (0, 0), (1, 1)), series("a", *points)])
    )
    for line in rest:
        assert all(left <= x <= right and top <= y <= bottom for x, y in line)


def test_series_are_named_and_told_apart() -> None:
    svg = line_plot("p", SHARE, SHARE, [series(f"line {i}", (0, 0)) for i in range(3)] + [series("", (0, 0))])
    assert re.findall(r"line \d", svg) == ["line 0", "line 1", "line 2"]
    assert all(colour in svg for colour in COLOURS[:4])


def test_what_is_compared_with_is_dashed() -> None:
    assert 'class="series faint"' in line_plot("p", SHARE, SHARE, [series("peer", (0, 0), is_faint=True)])


@pytest.mark.parametrize("words", ["a < b & c", '"quoted"'])
def test_words_cannot_break_the_page(words: str) -> None:
    svg = line_plot(words, Axis(words), Axis(words), [series(words, (0, 0))], [Mark(0.95, 0.95, words)])
    assert words in "".join(ElementTree.fromstring(svg).itertext())


def test_ticks_hold_both_ends() -> None:
    svg = line_plot("p", Axis("confidence", 0.5, 1), SHARE, [])
    texts = [each.text for each in ElementTree.fromstring(svg).iter("text")]
    assert {"0.5", "1", "0", "confidence", "recall"} <= set(texts)
