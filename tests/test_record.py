from __future__ import annotations

import json
import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from builders import STARTED_AT, case, passage, reading

from traffic.datatypes import EvidenceFile, Fact, ListHit, Plate, Violation
from traffic.errors import EvidenceError, StoreError
from traffic.record import CaseRecorder, Keeping, Patience
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


def recorder_of(shelf, *, keeps_trying=False, stop=None, troubles=None, recorded=None, keeping=None):
    told_troubles = troubles if troubles is not None else []
    patience = Patience(
        keeps_trying, stop or threading.Event(), told_troubles.append, lambda: told_troubles.append("well again")
    )
    told = recorded if recorded is not None else []
    return CaseRecorder(
        shelf,
        shelf,
        keeping or Keeping("traffic"),
        patience,
        lambda cases, result: told.append((len(cases), result.new)),
    )


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


class Album:
    """Keeps the passages of which it was asked to keep a picture."""

    def __init__(self):
        self.kept, self.plates = [], []

    def write(self, of):
        self.kept.append(of.passage.passage_id)
        self.plates.append(of.passage.plate)
        return EvidenceFile(f"north/passages/{of.passage.passage_id}.jpg", "1" * 64, 20)


READ = replace(case(), passage=replace(case().passage, plate=Plate("A123BC77", 0.99, 4, reading("A123BC77"))))


@pytest.mark.parametrize(
    ("of", "cameras", "pictured"),
    [
        (READ, {"north"}, True),
        (READ, {"south"}, False),
        (case(), {"north"}, False),
    ],
    ids=["a section's camera", "another camera", "no plate, so no section knows it again"],
)
def test_section_cameras_keep_a_picture_of_each_plate(of, cameras, pictured):
    shelf, album = Shelf(), Album()
    keeping = Keeping("traffic", pictures=album, pictured_cameras=frozenset(cameras))
    recorder_of(shelf, keeping=keeping).record([of])
    ((record,),) = shelf.batches
    assert album.kept == ([of.passage.passage_id] if pictured else [])
    assert (record.picture is not None) == pictured


def test_hits_are_recorded_and_told_with_their_passage():
    shelf = Shelf()
    hit = ListHit("stolen", "watch", "A123BC77", "exact", "since May")
    recorder_of(shelf).record([replace(READ, hits=(hit,))])
    ((record,),) = shelf.batches
    assert record.hits == (hit,)
    assert [event.topic for event in record.events] == ["traffic/north/passage", "traffic/north/hit"]


def hashed(of):
    return replace(of, passage=replace(of.passage, plate=None, plate_hash="c" * 64))


@pytest.mark.parametrize(
    ("may_keep", "written"), [(lambda of: of, READ.passage.plate), (hashed, None)], ids=["kept", "hashed"]
)
def test_only_a_plate_that_may_be_kept_is_written_into_the_picture_that_shows_it(may_keep, written):
    album = Album()
    keeping = Keeping("traffic", may_keep, album, frozenset({"north"}))
    recorder_of(Shelf(), keeping=keeping).record([READ, case(passage(passage_id=str(uuid4())))])
    assert album.plates == [written], "a picture of each plate, and of nothing else"


def test_what_may_not_be_kept_is_neither_in_rows_nor_in_events():
    shelf = Shelf()
    recorder_of(shelf, keeping=Keeping("traffic", hashed)).record([READ])
    ((record,),) = shelf.batches
    assert (record.passage.plate, record.passage.plate_hash) == (None, "c" * 64)
    assert not any("A123BC77" in event.payload for event in record.events)
