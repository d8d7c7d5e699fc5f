from __future__ import annotations

from dataclasses import replace

import pytest
from builders import STARTED_AT, case, frame, passage

from traffic.datatypes import Violation
from traffic.errors import SourceError
from traffic.pipeline import StageClock
from traffic.report import Tally
from traffic.store.repository import RecordResult
from traffic.telemetry import Metrics
from traffic.video.health import CaptureStatistics


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def tally(metrics):
    return Tally(metrics, StageClock())


def of(passage_id, rules=()):
    one = case(passage(passage_id=passage_id))
    violations = tuple(Violation(f"{passage_id}-{r}", passage_id, "north", r, 0, STARTED_AT, ()) for r in rules)
    return replace(one, violations=violations)


def told_of(tally, captured, failure=None):
    return tally.camera_report("north", captured, dropped=3, complete=failure is None, failure=failure)


def test_only_what_is_new_on_record_counts_as_recorded(tally, metrics):
    cases = [of("a", ["speeding", "wrong_way"]), of("b", ["speeding"]), of("c")]
    tally.count_cases(cases, RecordResult(frozenset({"a", "c"}), 1))
    report = tally.run_report({}, None)
    assert (report.passages, report.violations, report.already_recorded) == (2, 2, 1)
    labels = {"camera": "north", "rule": "speeding"}
    assert metrics.registry.get_sample_value("traffic_violations_total", labels) == 1


def test_frames_are_counted_for_each_camera(tally, metrics):
    tally.start()
    tally.count_frames([frame(0), frame(1), frame(0, camera_id="south")], {"detect": 2})
    assert told_of(tally, CaptureStatistics(frames=5)).frames == 2
    assert metrics.registry.get_sample_value("traffic_frames_total", {"camera": "south"}) == 1
    assert metrics.registry.get_sample_value("traffic_queue_depth", {"stage": "detect"}) == 2
    assert tally.frames_per_second() > 0


def test_a_camera_tells_what_it_lost_and_why_it_ended(tally):
    report = told_of(tally, CaptureStatistics(7, 2, 1), SourceError("gone"))
    assert (report.captured, report.broken, report.dropped, report.reconnects) == (7, 2, 3, 1)
    assert (report.complete, report.failure) == (False, "gone")


def test_a_run_that_did_not_begin_took_no_time(tally):
    report = tally.run_report({}, 4)
    assert (report.wall_s, report.unsent_events, report.passages) == (0.0, 4, 0)
