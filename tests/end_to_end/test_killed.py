"""kill -9 at any moment, then a second run to the end: nothing is lost, nothing is there twice."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.end_to_end.listener import Listener
from tests.end_to_end.project import Project, mqtt, wait_until
from tests.end_to_end.record import Record, count, damage, has_tables, lacking_evidence
from tests.events.mosquitto import Mosquitto

INPUT_SIZE = (640, 384)
Reached = Callable[[Project, Record], bool]


def first_picture(project: Project, whole: Record) -> bool:
    return any(project.evidence.rglob("*.jpg"))


def part_on_record(share: float) -> Reached:
    return lambda project, whole: count(project.database, "passages") >= max(1, share * recorded_before_the_end(whole))


def recorded_before_the_end(whole: Record) -> int:
    """How many passages are recorded while the video still runs: those in view at its end come all at once."""
    ends = [int(row[7]) for row in whole.passages]
    return sum(end + 2_500_000_000 < max(ends) for end in ends)


MOMENTS = [
    pytest.param(lambda p, _: has_tables(p.database), id="the database has just been made"),
    pytest.param(first_picture, id="the first picture is on the disk, its row perhaps not"),
    pytest.param(part_on_record(0), id="the first passage is on record"),
    pytest.param(part_on_record(0.5), id="half of the passages are on record"),
    pytest.param(part_on_record(1), id="only the vehicles in view are missing"),
    pytest.param(
        lambda p, _: count(p.database, "outbox WHERE sent_at IS NOT NULL") > 0,
        id="the first event has been acknowledged",
    ),
]


@pytest.mark.parametrize("reached", MOMENTS)
def test_a_killed_run_is_completed_by_the_next(
    reached: Reached, project: Project, broker: Mosquitto, listener: Listener, undisturbed: Record
) -> None:
    project.change(mqtt=mqtt(broker.port))
    with project.started() as process:
        wait_until(lambda: reached(project, undisturbed), "the moment to kill", process)
        process.kill()
        assert process.wait(10) == -signal.SIGKILL, "the run ended before it was killed"
    assert damage(project.database) == "ok"
    assert lacking_evidence(project.database, project.evidence) == []
    assert set(project.record.passages) < set(undisturbed.passages), "killed too late for a test"

    answer = project.run()
    assert answer.code == 0, answer.err
    assert project.record == undisturbed
    assert lacking_evidence(project.database, project.evidence) == []
    assert count(project.database, "outbox WHERE sent_at IS NULL") == 0
    wait_until(lambda: len(set(listener.heard)) >= len(undisturbed.events), "every event is heard")
    assert sorted(set(listener.heard)) == sorted((topic, payload) for _, topic, payload in undisturbed.events)
    assert [path for path in project.evidence.rglob("*") if path.suffix == ".part"] == []
