from __future__ import annotations

from datetime import timedelta

import pytest
from builders import STARTED_AT

from traffic.errors import ConfigError, SourceError, StoreError
from traffic.health import HealthDesk
from traffic.telemetry import Metrics
from traffic.video.health import HealthEvent


class Clock:
    def __init__(self):
        self.now = STARTED_AT

    def __call__(self):
        return self.now


@pytest.fixture
def published():
    return []


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(published, clock):
    return HealthDesk(Metrics(), published.append, clock)


@pytest.mark.parametrize(
    ("kind", "severity"), [("connected", "info"), ("disconnected", "error"), ("broken_frame_burst", "warning")]
)
def test_what_a_camera_says_of_itself_becomes_an_event(desk, published, kind, severity):
    desk.camera_changed(HealthEvent("north", kind, STARTED_AT, "because"))
    (event,) = published
    assert (event.camera_id, event.condition, event.severity, event.at) == ("north", kind, severity, STARTED_AT)


def test_dropped_frames_are_all_counted_and_told_at_once_and_then_every_ten_seconds(desk, published, clock):
    for _ in range(100):
        desk.frame_dropped("north")
        clock.now += timedelta(seconds=0.25)
    assert desk.dropped == {"north": 100}
    assert [event.count for event in published] == [1, 40, 40]


def test_the_last_drops_are_told_when_their_time_is_over_or_the_run_ends(desk, published, clock):
    for _ in range(3):
        desk.frame_dropped("north")
    desk.tell_drops()
    assert [event.count for event in published] == [1]
    clock.now += timedelta(seconds=10)
    desk.tell_drops()
    desk.frame_dropped("north")
    desk.tell_drops(all_of_them=True)
    desk.tell_drops(all_of_them=True)
    assert [event.count for event in published] == [1, 2, 1]


def test_a_record_that_works_again_is_told(desk, published):
    desk.records_again()
    assert (published[0].condition, published[0].severity) == ("recording_again", "info")


def test_each_camera_is_told_of_by_itself(desk, published):
    desk.frame_dropped("north")
    desk.frame_dropped("south")
    assert [event.camera_id for event in published] == ["north", "south"]


def test_a_failed_camera_is_kept_for_the_report(desk, published):
    error = SourceError("no such file")
    desk.camera_failed("north", error)
    assert desk.failures == {"north": error}
    assert published[0].severity == "error"


def test_a_record_that_refuses_is_told(desk, published):
    desk.cannot_record(StoreError("the disk is full"))
    assert (published[0].condition, published[0].message) == ("cannot_record", "the disk is full")


def test_without_a_broker_everything_is_still_counted(clock):
    metrics = Metrics()
    desk = HealthDesk(metrics, None, clock)
    desk.frame_dropped("north")
    assert metrics.registry.get_sample_value("traffic_dropped_frames_total", {"camera": "north"}) == 1
    labels = {"camera": "north", "kind": "frames_dropped"}
    assert metrics.registry.get_sample_value("traffic_health_events_total", labels) == 1


def test_while_the_record_refuses_it_is_known_that_this_is_waited_for(desk):
    states = [desk.waits_for_record]
    desk.cannot_record(StoreError("the disk is full", remedy="make room"))
    states.append(desk.waits_for_record)
    desk.records_again()
    assert [*states, desk.waits_for_record] == [False, True, False]


def test_a_list_that_cannot_be_read_any_more_is_told_by_name(desk, published):
    desk.list_not_taken("stolen", ConfigError("stolen.csv:3: expected a plate"))
    assert published[0].condition == "list_not_taken"
    assert published[0].message == "list stolen: stolen.csv:3: expected a plate"
