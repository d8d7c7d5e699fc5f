"""Following the record: late passages are found, crashes and second processes leave no trace."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.sections.busy_day import busy_day
from tests.sections.project import OnRecord, Project
from tests.sections.runner_process import LATER
from tests.sections.samples import ENTRY, EXIT, noon, passed
from tests.store.postgresql_server import PASSWORD
from traffic.datatypes import EvidenceFile
from traffic.errors import EvidenceError, StoreError
from traffic.evidence.check import verify_file
from traffic.sections.keeper import Kept
from traffic.sections.runner import SectionRunner, follow
from traffic.store.database import open_for_recording
from traffic.store.lease import sections_lease
from traffic.store.queries import RecordFilter, list_violations
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import TransitRow

ROOT = Path(__file__).parents[2]
IN, OUT = ENTRY, EXIT
VEHICLES = 40
GIVE_UP_S = 60.0


def test_what_settles_is_recorded_look_by_look(small: Project) -> None:
    runner = SectionRunner(small.engine, small.keeper())
    assert runner.step(noon(0)) == Kept()
    small.arrive([passed(IN, 0), passed(OUT, 100), passed(IN, 20, "B1"), passed(OUT, 180, "B1")])
    looks = {now_s: runner.step(noon(now_s)) for now_s in range(60, 700, 5)}
    assert {now_s: kept for now_s, kept in looks.items() if kept != Kept()} == {440: Kept(1, 1, 0)} | {
        520: Kept(1, 0, 0)
    }


def test_what_came_days_late_is_found_within_minutes(small: Project) -> None:
    day_s = 86_400
    runner = SectionRunner(small.engine, small.keeper())
    small.arrive([passed(OUT, 150)])
    assert runner.step(noon(3 * day_s)) == Kept()
    small.arrive([passed(IN, 0)])
    assert runner.step(noon(3 * day_s + 100)) == Kept()
    assert runner.step(noon(3 * day_s + 300)) == Kept(1, 0, 0)
    assert runner.step(noon(3 * day_s + 600)) == Kept()


def test_pictures_that_could_not_be_read_are_tried_again_within_minutes(small: Project) -> None:
    small.arrive([passed(IN, 0), passed(OUT, 100)])
    away = small.folder.rename(small.folder.with_name("not mounted yet"))
    runner = SectionRunner(small.engine, small.keeper())
    assert runner.step(noon(1000)) == Kept(1, 0, 0)
    assert runner.step(noon(1300)) == Kept()
    away.rename(small.folder)
    looks = [runner.step(noon(now_s)) for now_s in range(1305, 1600, 5)]
    assert set(looks) == {Kept()}, "not at every look"
    assert runner.step(noon(1600)) == Kept(0, 1, 1)
    assert small.transits == [(0, 100, None, True)]


def test_what_is_older_than_the_look_back_is_left_to_match(small: Project) -> None:
    small.arrive([passed(IN, 0), passed(OUT, 150)])
    assert SectionRunner(small.engine, small.keeper(), timedelta(days=2)).step(noon(4 * 86_400)) == Kept()
    assert SectionRunner(small.engine, small.keeper(), timedelta(days=5)).step(noon(4 * 86_400)) == Kept(1, 0, 0)


def test_a_look_that_fails_is_made_up_for_by_the_next(small: Project) -> None:
    """The evidence cannot be written: what came before it is on record, the rest follows when it can."""
    runner = SectionRunner(small.engine, small.keeper())
    small.arrive([passed(IN, 0), passed(OUT, 100)])
    blocked = small.folder / EXIT / "2026-05-04"
    blocked.write_text("a file in the folder's place")
    stop, kept = threading.Event(), []
    clock = iter([noon(1000), noon(1005)])

    def now():
        at = next(clock)
        if at == noon(1005):
            blocked.unlink()
        return at

    def on_kept(done: Kept) -> None:
        kept.append(done)
        stop.set()

    follow(small.engine, [runner], stop, on_kept, now, look_every_s=0.01)
    assert kept == [Kept(1, 1, 0)]


def test_a_look_that_refuses_does_not_end_the_following(small: Project) -> None:
    stop, looks = threading.Event(), []

    class Gone:
        def step(self, now: object) -> Kept:
            looks.append(now)
            if len(looks) == 3:
                stop.set()
            raise StoreError("expected a database, found none")

    follow(small.engine, [Gone()], stop, lambda _: None, look_every_s=0.01)  # type: ignore[list-item]
    assert len(looks) == 3


class Looker:
    """Ends the following with its third look; refuses at those that are named."""

    def __init__(self, stop: threading.Event, refuses: tuple[int, ...] = ()) -> None:
        self.stop, self.refuses, self.looks = stop, refuses, 0

    def step(self, now: object) -> Kept:
        self.looks += 1
        if self.looks == 3:
            self.stop.set()
        if self.looks in self.refuses:
            raise StoreError("expected a database, found none")
        return Kept()


@pytest.mark.parametrize(("refuses", "times"), [((), 3), ((1,), 2), ((1, 2, 3), 0)])
def test_what_follows_the_looks_waits_until_all_have_caught_up(
    small: Project, refuses: tuple[int, ...], times: int
) -> None:
    stop, caught_up = threading.Event(), []
    runners = [Looker(stop, refuses), Looker(threading.Event())]
    follow(
        small.engine,
        runners,  # type: ignore[arg-type]
        stop,
        lambda _: None,
        look_every_s=0.01,
        on_caught_up=caught_up.append,
    )
    assert len(caught_up) == times


def test_who_does_not_get_the_lease_has_not_caught_up(small: Project) -> None:
    stop, caught_up = threading.Event(), []
    with sections_lease(small.engine):
        threading.Timer(0.2, stop.set).start()
        follow(small.engine, [Looker(stop)], stop, lambda _: None, look_every_s=0.01, on_caught_up=caught_up.append)  # type: ignore[list-item]
    assert caught_up == []


def test_what_refuses_after_the_looks_does_not_end_the_following(small: Project) -> None:
    stop, asked = threading.Event(), []

    def refuses(now: object) -> None:
        asked.append(now)
        raise EvidenceError("expected to delete a picture")

    follow(small.engine, [Looker(stop)], stop, lambda _: None, look_every_s=0.01, on_caught_up=refuses)  # type: ignore[list-item]
    assert len(asked) == 3


def started(project: Project) -> subprocess.Popen[bytes]:
    url = project.database.url
    arguments = [sys.executable, "-m", "tests.sections.runner_process", url, str(project.folder)]
    if project.database.password is not None:
        arguments.append(PASSWORD)
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> OnRecord:
    """What a process that nobody disturbs has on record of it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    settings = DatabaseSettings(url=f"sqlite:///{folder}/traffic.db")
    with open_for_recording(settings) as engine:
        project = Project(engine, settings, folder / "evidence")
        project.arrive(busy_day(VEHICLES))
        SectionRunner(engine, project.keeper()).step(LATER)
        record = project.on_record
    assert len(record.transits) > 25
    assert len(record.violations) > 5
    return record


def first_evidence(project: Project) -> bool:
    return any((project.folder / EXIT).glob("2026-*/*.jpg"))


def part_recorded(project: Project) -> bool:
    with Session(project.engine) as session:
        return session.scalars(select(func.count()).select_from(TransitRow)).one() > 0


@pytest.mark.parametrize(
    "reached",
    [
        pytest.param(first_evidence, id="the first evidence is on the disk, nothing on record", marks=pytest.mark.slow),
        pytest.param(part_recorded, id="a part is on record"),
    ],
)
def test_a_killed_process_is_completed_by_the_next(
    reached: Callable[[Project], bool], project: Project, whole: OnRecord
) -> None:
    project.arrive(busy_day(VEHICLES))
    with started(project) as process:
        give_up = time.monotonic() + GIVE_UP_S
        while not reached(project):
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < give_up
            time.sleep(0.002)
        process.kill()
        assert process.wait(10) == -signal.SIGKILL, "it ended before it was killed"
    assert len(project.on_record.transits) < len(whole.transits), "killed too late for a test"

    SectionRunner(project.engine, project.keeper()).step(LATER)
    assert project.on_record == whole
    for row in list_violations(project.engine, RecordFilter()):
        verify_file(project.folder, EvidenceFile(row.evidence_path, row.evidence_sha256, row.evidence_size_bytes))
    assert [path for path in project.folder.rglob("*") if path.suffix == ".part"] == []


@pytest.mark.slow
def test_two_processes_at_once_record_everything_once(project: Project, whole: OnRecord) -> None:
    project.arrive(busy_day(VEHICLES))
    with started(project) as one, started(project) as other:
        assert (one.wait(GIVE_UP_S), other.wait(GIVE_UP_S)) == (0, 0)
    assert project.on_record == whole
