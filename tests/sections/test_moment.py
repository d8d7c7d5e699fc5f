from __future__ import annotations

import math
from datetime import timedelta

import pytest
from builders import SECOND, STARTED_AT

from traffic.datatypes import LineCrossing
from traffic.sections.moment import SectionEnd, Stretch, moment_at

VIEW = Stretch(STARTED_AT, STARTED_AT + timedelta(seconds=6), 100 * SECOND, 106 * SECOND)
CROSSINGS = (
    LineCrossing("stop", "forward", 102 * SECOND),
    LineCrossing("end", "backward", 103 * SECOND),
    LineCrossing("end", "forward", 104 * SECOND),
)


def end(line: str | None = None, direction: str | None = None) -> SectionEnd:
    return SectionEnd("west", line, direction, 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "direction", "after_s"),
    [("stop", None, 2), ("end", "forward", 4), ("end", "backward", 3), ("end", None, 3)],
)
def test_over_a_line_it_is_the_crossing(line: str, direction: str | None, after_s: int) -> None:
    moment = moment_at(end(line, direction), VIEW, CROSSINGS)
    assert moment is not None
    assert moment.at == STARTED_AT + timedelta(seconds=after_s)
    assert (moment.pts_ns, moment.error_s, moment.position_error_m) == ((100 + after_s) * SECOND, 0, 0.5)


@pytest.mark.parametrize(("line", "direction"), [("start", None), ("stop", "backward")])
def test_who_does_not_cross_the_line_in_its_direction_was_not_there(line: str, direction: str | None) -> None:
    assert moment_at(end(line, direction), VIEW, CROSSINGS) is None


def test_without_a_line_it_is_the_middle_and_uncertain_by_the_whole_view() -> None:
    moment = moment_at(end(), VIEW, CROSSINGS)
    assert moment is not None
    assert moment.at == STARTED_AT + timedelta(seconds=3)
    assert moment.error_s == pytest.approx(6 / math.sqrt(12))
    assert moment.position_error_m == 0


def test_a_clock_that_was_set_meanwhile_makes_the_moment_uncertain() -> None:
    set_back = Stretch(STARTED_AT, STARTED_AT + timedelta(seconds=4), 0, 6 * SECOND)
    moment = moment_at(end("stop"), set_back, (LineCrossing("stop", "forward", SECOND),))
    assert moment is not None
    assert moment.error_s == pytest.approx(2)


def test_labels_in_whole_microseconds_are_no_jump() -> None:
    assert Stretch(STARTED_AT, STARTED_AT + timedelta(microseconds=33), 0, 33_999).jump_s == 0
