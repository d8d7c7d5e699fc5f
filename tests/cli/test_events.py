"""`traffic events tail`, with a real broker and a real process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from uuid import UUID

import pytest
from builders import passage, reading
from paho.mqtt.publish import single

from tests.cli.project import Project, Traffic
from tests.events.payload.test_transit import TRANSIT
from traffic.cli.events import event_text, listener_settings
from traffic.datatypes import EvidenceFile, Fact, LineCrossing, ListHit, Plate, SpeedEstimate, Violation
from traffic.errors import ConfigError
from traffic.events.codec import encode, topic
from traffic.events.payload import (
    AnyEvent,
    HealthEvent,
    hit_event,
    passage_event,
    transit_event,
    violation_event,
)
from traffic.events.settings import MqttSettings

REPOSITORY = Path(__file__).parents[2]
AT = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
PASSAGE = passage(
    plate=Plate("A123BC77", 0.9, 3, reading("A123BC77")),
    speed=SpeedEstimate(20.0, 0.3, 0.0, 30.0, 0, 1),
    crossings=(LineCrossing("stop", "forward", 1),),
)
VIOLATION = Violation(
    "bbbbbbb3-0000-4000-8000-000000000003",
    PASSAGE.passage_id,
    "north",
    "speeding",
    1,
    AT,
    (Fact("speed", 20.0, "m/s"),),
)
HEALTH = HealthEvent(
    event_id=UUID(int=7), camera_id="north", at=AT, severity="warning", condition="frames_dropped", message="9 dropped"
)


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        (passage_event(PASSAGE), ["north", "passage", "car", "А 123 ВС 77", "72.0 km/h", "stop forward"]),
        (passage_event(passage()), ["north", "passage", "car"]),
        (
            violation_event(PASSAGE, VIOLATION, EvidenceFile("a.jpg", "0" * 64, 1)),
            ["north", "speeding", "car", "А 123 ВС 77", "speed 72 km/h"],
        ),
        (HEALTH, ["north", "warning", "9 dropped"]),
        (
            hit_event(PASSAGE, ListHit("stolen", "watch", "A1*", "pattern", "red lorry")),
            ["north", "watch list stolen: A1* (pattern)", "car", "А 123 ВС 77", "72.0 km/h", "red lorry"],
        ),
        (transit_event(TRANSIT), ["south", "section ring", "А 123 ВС 77", "90.0 km/h on average"]),
        (
            transit_event(replace(TRANSIT, plate_text=None, warning="seen twice"), state="corrected"),
            ["south", "section ring", "corrected", "90.0 km/h on average", "seen twice"],
        ),
    ],
)
def test_an_event_on_one_line(event: AnyEvent, parts: list[str]) -> None:
    first, *rest = event_text(event).split("  ")

    assert datetime.fromisoformat(first)
    assert [part for part in rest if part in parts] == parts


def test_we_never_take_the_publishers_client_id() -> None:
    assert listener_settings(MqttSettings(client_id="roadside-7"), None).client_id is None


def test_without_a_broker_in_the_config() -> None:
    with pytest.raises(ConfigError, match="add mqtt"):
        listener_settings(None, None)


@pytest.mark.parametrize(
    ("mqtt", "prefix"), [(None, "traffic"), (MqttSettings(host="elsewhere", port=1, topic_prefix="city"), "city")]
)
def test_a_port_on_the_command_line_is_that_of_a_broker_on_this_machine(mqtt: MqttSettings | None, prefix: str) -> None:
    settings = listener_settings(mqtt, 2883)

    assert (settings.host, settings.port, settings.topic_prefix) == ("127.0.0.1", 2883, prefix)


def test_a_broker_that_does_not_answer_is_an_error(traffic: Traffic, project: Project, closed_port: int) -> None:
    project.change(mqtt={"port": closed_port})

    answer = traffic("events", "tail", "-c", project.config)

    assert (answer.code, answer.out) == (1, "")
    assert f"127.0.0.1:{closed_port}" in answer.err
    assert "start the broker" in answer.err


@pytest.mark.parametrize("as_json", [True, False])
def test_events_are_printed_as_they_come_until_ctrl_c(project: Project, broker_port: int, as_json: bool) -> None:
    prefix = f"test-{as_json}".lower()
    project.change(mqtt={"port": broker_port, "topic_prefix": prefix})
    event = passage_event(PASSAGE)
    # Retained, so that it comes whether the subscription is there before it or after it.
    single(topic(prefix, event), encode(event), qos=1, retain=True, hostname="127.0.0.1", port=broker_port)

    command = [sys.executable, "-m", "traffic", "events", "tail", "-c", str(project.config), *["--json"] * as_json]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        assert tail.stderr is not None
        line = tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        assert tail.wait() == 130
        assert "Traceback" not in tail.stderr.read()

    assert json.loads(line) == json.loads(encode(event)) if as_json else line == event_text(event) + "\n"
