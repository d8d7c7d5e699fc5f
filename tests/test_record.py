from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from builders import STARTED_AT, case, passage

from traffic.datatypes import EvidenceFile, Fact, Violation
from traffic.errors import EvidenceError, StoreError
from traffic.record import CaseRecorder, Patience
from traffic.store.repository import RecordResult


class Shelf:
    """Keeps evidence and rows in lists, and tells in which order they came; refuses the first `refusals` times."""

    def __init__(self, refusals: int = 0, error: type[Exception] = StoreError):
        self.log: list[str] = []
        self.batches: list = []
        self.refusals, self.error = refusals, error
        self.on_record: set[str] = set()

    def known(self, passage_ids):
        return frozenset(self.on_record & set(passage_ids))

    def write(self, of, violation):
        self.log.append(f"evidence {violation.rule}")
        self._maybe_refuse(EvidenceError)
        return EvidenceFile(f"north/{violation.violation_id}.jpg", "0" * 64, 10)

    def record(self, records):
        self.log.append(f"rows {len(records)}")
        self._maybe_refuse(StoreError)
        self.batches.append(records)
        return RecordResult(frozenset(record.passage.passage_id for record in records), 0)

    def _maybe_refuse(self, kind):
        if self.error is kind and self.refusals > 0:
            self.refusals -= 1
            raise kind("the disk is full")


def violated():
    of = case()
    violation = Violation(
        "7a8f3c52-0d0e-5b52-8a55-5d7b8e8b0001",
        of.passage.passage_id,
        "north",
        "speeding",
        0,
        STARTED_AT,
        (Fact("speed", 20.0, "m/s"),),
    )
    return replace(of, violations=(violation,))


def recorder_of(shelf, *, keeps_trying=False, stop=None, troubles=None, recorded=None):
    told_troubles = troubles if troubles is not None else []
    patience = Patience(
        keeps_trying, stop or threading.Event(), told_troubles.append, lambda: told_troubles.append("well again")
    )
    told = recorded if recorded is not None else []
    return CaseRecorder(shelf, shelf, "traffic", patience, lambda cases, result: told.append((len(cases), result.new)))


def test_the_evidence_is_on_disk_before_the_rows_that_refer_to_it():
    shelf = Shelf()
    recorder_of(shelf).record([violated(), case()])
    assert shelf.log == ["evidence speeding", "rows 2"]


def test_a_passage_and_each_of_its_violations_is_one_event():
    shelf = Shelf()
    recorder_of(shelf).record([violated()])
    ((record,),) = shelf.batches
    assert [event.topic for event in record.events] == ["traffic/north/passage", "traffic/north/violation"]
    assert [json.loads(event.payload)["event"] for event in record.events] == ["passage", "violation"]
    assert len({event.event_id for event in record.events}) == 2


def test_the_same_case_has_the_same_event_ids_every_time():
    shelf = Shelf()
    for _ in range(2):
        recorder_of(shelf).record([violated()])
    first, second = ([event.event_id for event in batch[0].events] for batch in shelf.batches)
    assert first == second


def test_what_is_on_record_is_not_drawn_again():
    shelf, recorded = Shelf(), []
    old = violated()
    new = case(passage(passage_id="0b9d3f0e-8c0a-5d3e-9a53-3b1f7d1c2a99"))
    shelf.on_record.add(old.passage.passage_id)
    recorder_of(shelf, recorded=recorded).record([old, new])
    assert shelf.log == ["rows 1"]
    assert [record.passage for record in shelf.batches[0]] == [new.passage]
    assert recorded == [(2, 1)]


def test_nothing_to_record_touches_nothing():
    shelf = Shelf()
    recorder_of(shelf).record([])
    assert shelf.log == []


@pytest.mark.parametrize("error", [StoreError, EvidenceError])
def test_a_file_run_fails_at_once(error):
    shelf, recorded = Shelf(1, error), []
    with pytest.raises(error, match="the disk is full"):
        recorder_of(shelf, recorded=recorded).record([violated()])
    assert (shelf.batches, recorded) == ([], [])


@pytest.mark.parametrize("error", [StoreError, EvidenceError])
def test_a_live_run_tries_until_there_is_room_and_tells_the_trouble(error, monkeypatch):
    monkeypatch.setattr("traffic.record.FIRST_PAUSE_S", 0.01)
    shelf, troubles, recorded = Shelf(2, error), [], []
    recorder_of(shelf, keeps_trying=True, troubles=troubles, recorded=recorded).record([violated()])
    assert [str(trouble) for trouble in troubles] == ["the disk is full", "the disk is full", "well again"]
    assert recorded == [(1, 1)]


def test_a_live_run_that_is_stopped_while_the_disk_is_full_says_so():
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoreError, match="the disk is full"):
        recorder_of(Shelf(99), keeps_trying=True, stop=stop).record([violated()])
