"""None lost, none twice: batches, replays, kills, full disks."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from tests.store.postgresql_server import PASSWORD, PostgresqlServer, free_port, missing, postgresql_server
from tests.store.samples import CROSSINGS_EACH, list_hit, number_id, record
from traffic.errors import StoreError
from traffic.store.database import open_database, open_for_recording
from traffic.store.queries import RecordFilter, list_passages
from traffic.store.repository import RecordResult, Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import CrossingRow, HitRow, OutboxRow, PassageRow, ViolationRow

ROOT = Path(__file__).parents[2]
TABLES = (PassageRow, CrossingRow, ViolationRow, OutboxRow)


def outcome(result: RecordResult) -> tuple[int, int]:
    """How many were new, and how many were there already."""
    return result.new, result.already_there


def rows(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return [session.scalars(select(func.count()).select_from(table)).one() for table in TABLES]


@pytest.fixture
def repository(engine: Engine, absent: DatabaseSettings) -> Repository:
    return Repository(engine, absent)


def test_batch_becomes_rows(engine: Engine, repository: Repository) -> None:
    assert outcome(repository.record([record(1), record(2, rules=("red_light", "speed"))])) == (2, 0)
    assert rows(engine) == [2, 4, 2, 4]


def test_no_passages_no_rows(engine: Engine, repository: Repository) -> None:
    assert outcome(repository.record([])) == (0, 0)
    assert rows(engine) == [0, 0, 0, 0]


def test_known_are_those_on_record(repository: Repository) -> None:
    first, second = (record(n).passage.passage_id for n in (1, 2))
    assert repository.known([first, second]) == frozenset()
    repository.record([record(1)])
    assert repository.known([first, second]) == {first}
    assert repository.known([]) == frozenset()


def test_replay_adds_nothing_and_skips_a_known_passage_whole(engine: Engine, repository: Repository) -> None:
    repository.record([record(1)])
    assert outcome(repository.record([record(1, rules=("red_light",)), record(2)])) == (1, 1)
    assert rows(engine) == [2, 4, 0, 2]


def test_list_hits_are_written_with_their_passage_and_once(engine: Engine, repository: Repository) -> None:
    hits = (list_hit(), list_hit("region", "A*", "pattern"))
    for _ in range(2):
        repository.record([record(1, plate_text="A123BC77", hits=hits), record(2)])
    with Session(engine) as session:
        rows = session.scalars(select(HitRow).order_by(HitRow.list_name)).all()
    told = [(row.passage_id, row.camera_id, row.list_name, row.entry, row.note) for row in rows]
    assert told == [
        (number_id("passage", 1), "north", "region", "A*", "red lorry"),
        (number_id("passage", 1), "north", "stolen", "A123BC77", "red lorry"),
    ]
    (passage,) = list_passages(engine, RecordFilter(plate="A123BC77"))
    assert [hit.list_name for hit in passage.hits] == ["region", "stolen"]


def test_passage_twice_in_a_batch_is_recorded_once(engine: Engine, repository: Repository) -> None:
    assert outcome(repository.record([record(1), record(2), record(1)])) == (2, 1)
    assert rows(engine) == [2, 4, 0, 2]


def test_events_wait_in_the_order_of_the_batch(engine: Engine, repository: Repository) -> None:
    numbers = [5, 3, 9, 1]
    repository.record([record(number, rules=("red_light",)) for number in numbers])
    with Session(engine) as session:
        waiting = session.scalars(select(OutboxRow.event_id).order_by(OutboxRow.sequence)).all()
    assert waiting == [number_id(f"event {kind}", n) for n in numbers for kind in ("passage", "red_light")]


def test_one_bad_passage_leaves_the_whole_batch_out(engine: Engine, repository: Repository) -> None:
    naive = replace(record(2).passage, started_at=datetime(2026, 5, 4))  # noqa: DTZ001
    with pytest.raises(StoreError, match="expected an aware datetime") as caught:
        repository.record([record(1), replace(record(2), passage=naive)])
    assert isinstance(caught.value.__cause__, StatementError)
    assert rows(engine) == [0, 0, 0, 0]


def test_event_of_another_passage_with_the_same_id_is_an_error(engine: Engine, repository: Repository) -> None:
    repository.record([record(1)])
    with pytest.raises(StoreError, match="event_id"):
        repository.record([replace(record(2), events=record(1).events)])
    assert rows(engine) == [1, 2, 0, 1]


def test_two_recorders_with_the_same_passages(engine: Engine, repository: Repository) -> None:
    results: list[RecordResult] = []

    def replay() -> None:
        for number in range(20):
            results.append(repository.record([record(number), record(number + 1)]))  # noqa: PERF401

    threads = [threading.Thread(target=replay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.new for result in results) == 21
    assert rows(engine) == [21, 42, 0, 21]


def test_reader_reads_while_the_recorder_writes(engine: Engine, absent: DatabaseSettings) -> None:
    def write() -> None:
        for number in range(40):
            Repository(engine, absent).record([record(number)])

    writer = threading.Thread(target=write)
    writer.start()
    seen = [0]
    with open_database(absent) as reader:
        while writer.is_alive():
            seen.append(len(list_passages(reader, RecordFilter())))
        seen.append(len(list_passages(reader, RecordFilter())))
    assert seen == sorted(seen)
    assert seen[-1] == 40


def test_full_disk_is_told_and_leaves_nothing_half_written(sqlite: DatabaseSettings) -> None:
    with open_for_recording(sqlite) as engine:
        repository = Repository(engine, sqlite)
        with engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count={pages + 10}"))
        with pytest.raises(StoreError, match="database or disk is full") as caught:
            _record_for_ever(repository)
        assert "free space" in caught.value.remedy
        number = rows(engine)[0]
        assert number > 0
        assert rows(engine) == [number, number * CROSSINGS_EACH, number, number * 2]
        with engine.connect() as connection:
            connection.execute(text("PRAGMA max_page_count=1000000"))
        assert outcome(repository.record([record(number)])) == (1, 0)


def _record_for_ever(repository: Repository) -> None:
    for number in range(100_000):
        repository.record([record(number, rules=("red_light",))])


def test_another_writer_that_does_not_let_go_is_told(sqlite: DatabaseSettings) -> None:
    impatient = sqlite.model_copy(update={"busy_timeout_s": 0.05, "retry_for_s": 0.1})
    with open_for_recording(impatient) as engine, engine.connect() as holder:
        holder.execution_options(sqlite_begin="IMMEDIATE").begin()
        with pytest.raises(StoreError, match="database is locked"):
            Repository(engine, impatient).record([record(1)])


def test_stopped_run_does_not_wait_for_another_writer(sqlite: DatabaseSettings) -> None:
    patient = sqlite.model_copy(update={"busy_timeout_s": 0.05, "retry_for_s": 1e6})
    waits: list[float] = []

    def stopped_at_the_third(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    with open_for_recording(patient) as engine, engine.connect() as holder:
        holder.execution_options(sqlite_begin="IMMEDIATE").begin()
        with pytest.raises(StoreError, match="database is locked"):
            Repository(engine, patient, stopped_at_the_third).record([record(1)])
    assert waits == sorted(waits)
    assert len(waits) == 3


def test_stopped_run_does_not_wait_for_a_server_that_is_gone() -> None:
    gone = DatabaseSettings(url=f"postgresql://box@127.0.0.1:{free_port()}/traffic", retry_for_s=1e6)
    stop = threading.Event()
    stop.set()
    engine = create_engine(gone.connection_url)
    with pytest.raises(StoreError, match="Connection refused"):
        Repository(engine, gone, stop.wait).known(["a"])


def test_stopped_run_still_records_what_another_recorder_hands_over_too(absent: DatabaseSettings) -> None:
    stop = threading.Event()
    stop.set()
    with open_for_recording(absent) as engine, open_for_recording(absent) as other:
        repositories = [Repository(each, absent, stop.wait) for each in (engine, other)]
        results: list[RecordResult] = []

        def replay(repository: Repository) -> None:
            results.extend(repository.record([record(number), record(number + 1)]) for number in range(20))

        threads = [threading.Thread(target=replay, args=(repository,)) for repository in repositories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(result.new for result in results) == 21


def test_recorder_waits_for_a_writer_that_lets_go(sqlite: DatabaseSettings) -> None:
    patient = sqlite.model_copy(update={"busy_timeout_s": 0.05, "retry_for_s": 30.0})
    with open_for_recording(patient) as engine, engine.connect() as holder:
        writing = holder.execution_options(sqlite_begin="IMMEDIATE").begin()
        result: list[RecordResult] = []
        recorder = threading.Thread(target=lambda: result.append(Repository(engine, patient).record([record(1)])))
        recorder.start()
        recorder.join(0.3)
        assert not result
        writing.rollback()
        recorder.join(30)
        assert [outcome(one) for one in result] == [(1, 0)]


def test_server_that_goes_away_and_comes_back_costs_nothing() -> None:
    reason = missing()
    if reason:
        pytest.skip(reason)
    with postgresql_server() as server:
        settings = DatabaseSettings(url=server.url("postgres"), password=PASSWORD, retry_for_s=60)
        with open_for_recording(settings) as engine:
            _restart_in_mid_run(server, Repository(engine, settings))
            assert rows(engine) == [60, 120, 0, 60]


def _restart_in_mid_run(server: PostgresqlServer, repository: Repository) -> None:
    restarted = threading.Event()
    for number in range(60):
        repository.record([record(number)])
        if number == 20:
            server.stop()
            threading.Thread(target=lambda: (server.start(), restarted.set())).start()
    assert restarted.wait(30)


def test_killed_writer_leaves_whole_passages_only(sqlite: DatabaseSettings) -> None:
    moments = random.Random(7)
    told = max(_kill_writer_after(sqlite.url, moments.uniform(0.0, 0.15)) for _ in range(3))
    with open_for_recording(sqlite) as engine:
        count = rows(engine)[0]
        assert count >= told > 0
        assert rows(engine) == [count, count * CROSSINGS_EACH, count, count * 2]
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        with Session(engine) as session:
            ids = set(session.scalars(select(PassageRow.passage_id)))
        assert ids == {number_id("passage", number) for number in range(count)}


def _kill_writer_after(url: str, seconds: float) -> int:
    command = [sys.executable, "-m", "tests.store.writer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        threading.Timer(seconds, writer.kill).start()
        said += writer.stdout.readlines()
    return int([line for line in said if line.endswith("\n")][-1])
