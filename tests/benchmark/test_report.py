from __future__ import annotations

import pytest

from traffic.benchmark.lap import Lap
from traffic.benchmark.report import Comparison, LapRow, stage_times


def rows(name, *times):
    laps = [Lap(100, 250, wall_s, cpu_s, {}) for wall_s, cpu_s in times]
    return [LapRow.of(name, number, lap) for number, lap in enumerate(laps, start=1)]


def test_a_lap_in_figures():
    assert rows("ours", (2.0, 3.0)) == [LapRow("ours", 1, 100, 250, 50.0, 20.0, 30.0)]


def test_ratios_are_told_pair_by_pair_with_their_median():
    ours, plain = rows("ours", (1.0, 2.0), (2.0, 2.0), (4.0, 2.0)), rows("plain", (3.0, 8.0), (8.0, 6.0), (8.0, 4.0))

    comparison = Comparison.of(ours, plain)

    assert comparison == Comparison("plain", (3.0, 4.0, 2.0), (4.0, 3.0, 2.0), 3.0, 3.0)


def test_the_median_is_the_pairs_not_the_programs():
    """When the machine slows down in the middle of a run, both of a pair feel it."""
    ours, plain = rows("ours", (1.0, 1.0), (10.0, 1.0)), rows("plain", (2.0, 1.0), (20.0, 1.0))

    assert Comparison.of(ours, plain).wall_ratio == 2.0


def test_stages_are_medians_a_frame_and_share_the_whole():
    laps = [Lap(10, 0, 1.0, 1.0, {"detect": detect, "record": 0.01}) for detect in (0.02, 0.03, 0.9)]

    detect, record = stage_times("ours", laps)

    assert (detect.program, detect.stage, detect.wall_ms, detect.share) == ("ours", "detect", 3.0, 0.75)
    assert (record.stage, record.share) == ("record", pytest.approx(0.25))
