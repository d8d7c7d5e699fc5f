from __future__ import annotations

import time

import pytest

from traffic.benchmark.lap import Lap, Stopwatch


def test_milliseconds_are_a_frame_s():
    lap = Lap(frames=50, tracked_boxes=7, wall_s=2.0, cpu_s=3.0, stage_s={})

    assert (lap.wall_ms_a_frame, lap.cpu_ms_a_frame) == (40.0, 60.0)


def test_a_stage_gathers_its_blocks_and_the_whole_is_no_less_than_its_stages():
    watch = Stopwatch()
    for _ in range(3):
        with watch.stage("sleep"):
            time.sleep(0.002)
    with watch.stage("nothing"):
        pass
    wall_s, cpu_s = watch.elapsed_s()

    assert list(watch.stage_s) == ["sleep", "nothing"]
    assert watch.stage_s["sleep"] >= 3 * 0.002
    assert sum(watch.stage_s.values()) <= wall_s
    assert cpu_s >= 0


def test_a_stage_that_fails_is_timed_as_well():
    watch = Stopwatch()
    with pytest.raises(ZeroDivisionError), watch.stage("fails"):
        _ = 1 // 0

    assert list(watch.stage_s) == ["fails"]
