from xml.etree import ElementTree

import pytest

from traffic.evaluation.metrics.calibration import calibration
from traffic.evaluation.passages_plot import LEFT, SIDE, TOP, reliability_plot

SVG = "{http://www.w3.org/2000/svg}"


def test_a_point_for_each_bin_where_it_belongs() -> None:
    plot = ElementTree.fromstring(reliability_plot(calibration([0.5] * 4 + [1.0] * 2, [True, False] * 2 + [True] * 2)))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in plot.iter(f"{SVG}circle")]
    assert dots == [
        pytest.approx((LEFT + SIDE / 2, TOP + SIDE / 2), abs=0.1),
        pytest.approx((LEFT + SIDE, TOP), abs=0.1),
    ]


def test_a_larger_bin_has_a_larger_point_and_a_taller_bar() -> None:
    plot = ElementTree.fromstring(reliability_plot(calibration([0.2] * 2 + [0.9] * 50, [False] * 2 + [True] * 50)))
    few, many = (float(dot.attrib["r"]) for dot in plot.iter(f"{SVG}circle"))
    bars = [float(bar.attrib["height"]) for bar in list(plot.iter(f"{SVG}rect"))[1:]]
    assert few < many
    assert bars[0] < bars[1]


def test_the_error_stands_above_it_and_nothing_gives_a_plot_too() -> None:
    assert "calibration error 0.100" in reliability_plot(calibration([0.9], [True]))
    assert "no plate was told" in reliability_plot(calibration([], []))
