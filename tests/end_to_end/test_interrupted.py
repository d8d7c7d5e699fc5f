"""Ctrl-C, and what a service manager sends: the run ends by itself and records what it saw."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Sequence

import pytest

from tests.end_to_end.project import GIVE_UP_S, Project, wait_until
from tests.end_to_end.record import Record, count, lacking_evidence, passed_vehicles
from traffic.app import Run
from traffic.config import load_config
from traffic.tracking.settings import TrackerSettings

INPUT_SIZE = (640, 384)
FRAME_NS = 100_000_000
GONE_AFTER_NS = round(TrackerSettings().lost_after_s * 1e9)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_records_what_passed_and_the_next_one_completes_it(
    number: signal.Signals, project: Project, clip: Project, undisturbed: Record
) -> None:
    """The vehicles in view wait for the next run: half a passage on record would hide what the whole one shows."""
    with project.started("--json") as process:
        wait_until(lambda: count(project.database, "passages") > 0, "the first passage is on record", process)
        process.send_signal(number)
        out, err = process.communicate(timeout=GIVE_UP_S)
    assert process.returncode == 128 + number
    assert "Stopping: what was seen is being recorded" in err
    assert "Traceback" not in err

    stopped_at_ns = (json.loads(out)["cameras"]["simulated"]["frames"] - 1) * FRAME_NS
    whole = {each.passage_id: each for each in passed_vehicles(clip.database)}
    got = {each.passage_id: each for each in passed_vehicles(project.database)}
    assert stopped_at_ns < max(each.end_pts_ns for each in whole.values()), "stopped too late for a test"
    assert set(got) == {name for name, each in whole.items() if each.end_pts_ns + GONE_AFTER_NS < stopped_at_ns}
    assert all(got[passage_id] == whole[passage_id] for passage_id in got)
    assert lacking_evidence(project.database, project.evidence) == []

    answer = project.run()
    assert answer.code == 0, answer.err
    assert project.record == undisturbed
    assert lacking_evidence(project.database, project.evidence) == []


def test_wherever_a_run_is_stopped_the_next_one_completes_it(project: Project, undisturbed: Record) -> None:
    frames = stopped_after(project, [8, 24, 40, 64, 88])
    assert frames == sorted(frames), "each run gets further than the one before"
    assert project.run().code == 0
    assert project.record == undisturbed
    assert lacking_evidence(project.database, project.evidence) == []


def stopped_after(project: Project, counts: Sequence[int]) -> list[int]:
    """Run the chain again and again, each time stopped after so many frames; how many each run processed."""
    return [_stopped_after(project, frames) for frames in counts]


def _stopped_after(project: Project, frames: int) -> int:
    stop = threading.Event()
    done = 0
    with Run(load_config(project.config), stop, synchronous=True) as running:
        for batch in running:
            done += len(batch.batch.frames)
            if done >= frames:
                stop.set()
    return done
