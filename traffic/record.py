"""The record stage: evidence on disk first, then passage, violations and events in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from traffic.datatypes import Case, EvidenceFile, Violation
from traffic.errors import EvidenceError, StoreError
from traffic.events.codec import outbox_events
from traffic.store.records import PassageRecord, ViolationRecord
from traffic.store.repository import RecordResult

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


class Evidence(Protocol):
    """Keeps evidence files."""

    def write(self, case: Case, violation: Violation) -> EvidenceFile:
        """Durable on return; the same case gives the same file."""
        ...


class Pictures(Protocol):
    """Keeps a picture of every passage of some cameras."""

    def write(self, case: Case) -> EvidenceFile:
        """Durable on return; the same case gives the same file."""
        ...


class Ledger(Protocol):
    """Keeps rows and outgoing events."""

    def known(self, passage_ids: Sequence[str]) -> frozenset[str]:
        """Those that are on record already."""
        ...

    def record(self, records: Sequence[PassageRecord]) -> RecordResult:
        """One transaction, durable on return; what is there already is skipped."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """What to do when the disk or the database refuses.

    Attributes:
        keeps_trying: True for live cameras: try again until `stop`, so that nothing is lost while the operator makes
            room. False for files: fail at once; running the file again records only what is missing.
        stop: ends the waiting.
        on_trouble: told of every failed try.
        on_relief: told of the first try that succeeds after a failed one.
    """

    keeps_trying: bool
    stop: threading.Event
    on_trouble: Callable[[EvidenceError | StoreError], None]
    on_relief: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of a case.

    Attributes:
        topic_prefix: of the events' topics.
        may_keep: gives what may go on record of a case, such as a plate's hash in the place of its text.
        pictures: keeps the pictures of passages.
        pictured_cameras: of these cameras.
    """

    topic_prefix: str
    may_keep: Callable[[Case], Case] = lambda case: case
    pictures: Pictures | None = None
    pictured_cameras: frozenset[str] = frozenset()


class CaseRecorder:
    """Puts cases on record.

    Args:
        evidence, ledger: where.
        keeping: what.
        patience: what to do when they refuse.
        on_recorded: told of every batch that became durable.
    """

    def __init__(
        self,
        evidence: Evidence,
        ledger: Ledger,
        keeping: Keeping,
        patience: Patience,
        on_recorded: Callable[[Sequence[Case], RecordResult], None],
    ) -> None:
        self._evidence = evidence
        self._ledger = ledger
        self._keeping = keeping
        self._patience = patience
        self._on_recorded = on_recorded

    def record(self, cases: Sequence[Case]) -> None:
        """See traffic.pipeline.Recorder.

        Raises:
            EvidenceError, StoreError: they refused, and there is no patience or `stop` was set.
        """
        if cases:
            self._on_recorded(cases, self._record_patiently(cases))

    def _record_patiently(self, cases: Sequence[Case]) -> RecordResult:
        pause_s = FIRST_PAUSE_S
        while not isinstance(outcome := self._attempt(cases), RecordResult):
            self._patience.on_trouble(outcome)
            if self._patience.stop.wait(pause_s):
                raise outcome
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        if pause_s > FIRST_PAUSE_S:
            self._patience.on_relief()
        return outcome

    def _attempt(self, cases: Sequence[Case]) -> RecordResult | EvidenceError | StoreError:
        try:
            return self._record_fresh(cases)
        except (EvidenceError, StoreError) as error:
            if not self._patience.keeps_trying:
                raise
            return error

    def _record_fresh(self, cases: Sequence[Case]) -> RecordResult:
        """What is on record stays as it is, its pictures too: a run with other settings would draw others."""
        known = self._ledger.known([case.passage.passage_id for case in cases])
        fresh = [case for case in cases if case.passage.passage_id not in known]
        result = self._ledger.record([self._record(case) for case in fresh])
        return RecordResult(result.new_ids, result.already_there + len(cases) - len(fresh))

    def _record(self, case: Case) -> PassageRecord:
        kept = self._keeping.may_keep(case)
        violations = tuple(
            ViolationRecord(violation, self._evidence.write(case, violation)) for violation in case.violations
        )
        events = outbox_events(self._keeping.topic_prefix, kept.passage, violations, kept.hits)
        return PassageRecord(kept.passage, violations, events, kept.hits, self._picture(case, kept))

    def _picture(self, case: Case, kept: Case) -> EvidenceFile | None:
        """Of every passage whose plate was read; only what may be kept is written in it."""
        pictures, passage = self._keeping.pictures, case.passage
        wanted = passage.camera_id in self._keeping.pictured_cameras and passage.plate is not None
        return pictures.write(kept) if pictures is not None and wanted else None
