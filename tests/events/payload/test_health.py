from datetime import timedelta
from pathlib import Path
from typing import get_args

from builders import STARTED_AT

from traffic.events.payload import RECORDER_ID, HealthCondition, Severity, health_event


def test_health_event_is_told_apart_by_its_moment() -> None:
    ids = {
        health_event("north", STARTED_AT + timedelta(seconds=s), "warning", "frames_dropped", "3 frames", 3).event_id
        for s in (0, 0, 1)
    }
    assert len(ids) == 2


def test_every_condition_is_described_for_people() -> None:
    text = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
    _, table = text.split("| condition | severity | meaning |")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:3]] for line in table.splitlines()[2:]]
    assert [condition for condition, _ in rows] == list(get_args(HealthCondition))
    assert {severity for _, severity in rows} == set(get_args(Severity))
    assert f"`{RECORDER_ID}`" in text
