"""Keeps a section's transits and violations in the record: reads the passages, plans, draws the evidence, writes.

Everything may be done again: after a crash, by a second process, or on request. Ids are made from the passages, so
what is there already is found and left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from traffic.datatypes import EvidenceFile, Passage, Plate, Violation
from traffic.errors import EvidenceError
from traffic.events.codec import transit_events
from traffic.events.payload import TransitState
from traffic.evidence.pair_picture import PairPictureWriter, PairSeen
from traffic.evidence.settings import EvidenceSettings
from traffic.sections.corrections import Corrected, Corrections
from traffic.sections.doubts import SAME_VIEW_S
from traffic.sections.events import change_event, changed_transit, withdrawn_revisions
from traffic.sections.exemptions import Exemptions
from traffic.sections.passage import SectionPassage
from traffic.sections.plan import NO_PICTURE, WITHDRAWN, Correction, Plan, make_plan
from traffic.sections.reading import passages_between, transits_between
from traffic.sections.recorded import recorded_passage
from traffic.sections.settings import SectionSettings
from traffic.sections.transit import SectionTransit, violation_of
from traffic.store.failures import store_errors
from traffic.store.records import ViolationRecord
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import PassageRow, TransitRow
from traffic.store.transits import TransitRecord, TransitRepository

AT_ONCE = 20
"""Transits that go on record in one transaction."""
READABLE = "the record to be readable"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: transits put on record, violations issued, and recorded transits corrected or withdrawn."""

    transits: int = 0
    violations: int = 0
    corrected: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.transits + other.transits, self.violations + other.violations, self.corrected + other.corrected
        )


@dataclass(frozen=True, slots=True)
class KeeperSettings:
    """What a keeper needs of the config.

    Attributes:
        database: for its patience.
        evidence: where the pictures of passages lie and the evidence goes.
        topic_prefix: of the events' topics.
        hash_of: hashes a plate as the recorders do; None where plates are kept as text.
        exemptions: for whom the limit does not hold; None where it does for everybody.
    """

    database: DatabaseSettings
    evidence: EvidenceSettings
    topic_prefix: str
    hash_of: Callable[[str], str] | None = None
    exemptions: Exemptions | None = None


class SectionKeeper:
    """One section's.

    Args:
        engine: from `open_for_recording`, whose owner outlives this.
        section: which one.
        settings: see there.
        wait: as in traffic.store.repository.Repository.
    """

    def __init__(
        self,
        engine: Engine,
        section: SectionSettings,
        settings: KeeperSettings,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.section = section
        self._engine = engine
        self._settings = settings
        self._pictures = PairPictureWriter(settings.evidence)
        self._repository = TransitRepository(engine, settings.database, wait)
        self._corrections = Corrections(engine, settings.database, wait)

    @property
    def reach(self) -> timedelta:
        """How far around a stretch of time the passages are read, so that what is matched within it is right."""
        return timedelta(seconds=3 * self.section.maximum_duration_s + SAME_VIEW_S)

    def keep(self, since: datetime, until: datetime, now: datetime, *, try_again: bool = True) -> Kept:
        """Bring the record of the exits from `since` on and before `until` up to date, as far as it is settled `now`.

        With `try_again` pictures that could not be read before are looked for once more.

        Raises:
            StoreError: the database is gone for too long, or refuses.
            EvidenceError: the evidence cannot be written. What was recorded before stays; the rest is done next time.
        """
        if self.section.since is not None:
            since = max(since, self.section.since)
        if since >= until:
            return Kept()
        plan = self._plan(since, until, now)
        corrections = (each for each in plan.corrections if try_again or not each.awaits_picture)
        return self._correct(corrections) + self._record(plan.fresh)

    def _plan(self, since: datetime, until: datetime, now: datetime) -> Plan:
        with store_errors(self._engine.url, READABLE), Session(self._engine) as session:
            passages = passages_between(
                session, self.section, since - self.reach, until + self.reach, self._settings.hash_of
            )
            rows = transits_between(session, self.section, since, until)
            return make_plan(passages, rows, self.section, now, (since, until))

    def _correct(self, corrections: Iterable[Correction]) -> Kept:
        kept = Kept()
        for correction in corrections:
            corrected = self._corrected(correction)
            if corrected is not None and self._corrections.make(corrected):
                _log.warning("transit_corrected", section=self.section.name, transit=correction.row.transit_id)
                kept += Kept(violations=corrected.violation is not None, corrected=1)
        return kept

    def _corrected(self, correction: Correction) -> Corrected | None:
        """What to write; None where it comes to the same."""
        row = correction.row
        if correction.transit is not None and row.violation_id is None:
            return self._judged_anew(row, correction.transit)
        state: TransitState = "withdrawn" if correction.withdraws else "corrected"
        told = changed_transit(row, self.section.exit, WITHDRAWN if correction.withdraws else correction.warning)
        event = change_event(self._settings.topic_prefix, told, row.violation_id, state)
        return Corrected(row, correction.warning, withdrawn=correction.withdraws, events=(event,))

    def _judged_anew(self, row: TransitRow, transit: SectionTransit) -> Corrected | None:
        record = self._transit_record(replace(transit, revision=row.revision + 1), row.warning)
        if record.violation is None and record.transit.warning == row.warning:
            return None
        return Corrected(row, record.transit.warning, record.violation, events=record.events)

    def _record(self, fresh: Sequence[SectionTransit]) -> Kept:
        kept = Kept()
        for start in range(0, len(fresh), AT_ONCE):
            some = fresh[start : start + AT_ONCE]
            withdrawn = withdrawn_revisions(self._engine, (transit.transit_id for transit in some))
            next_ = {transit_id: revision + 1 for transit_id, revision in withdrawn.items()}
            records = [
                self._transit_record(replace(transit, revision=next_.get(transit.transit_id, 0))) for transit in some
            ]
            new = self._repository.record(records)
            written = [record for record in records if record.transit.transit_id in new]
            kept += Kept(len(written), sum(record.violation is not None for record in written))
        return kept

    def _transit_record(self, transit: SectionTransit, said: str | None = None) -> TransitRecord:
        """What goes on record of a transit, of which the record said this until now."""
        violation = violation_of(transit, self.section)
        if violation is None:
            return self._without_violation(transit)
        passage = self._recorded(violation.passage_id)
        exempt = self._exempt(violation, passage)
        evidence = self._evidence(transit, violation, passage.plate, said) if exempt is None else None
        if evidence is None:
            return self._without_violation(replace(transit, warnings=(exempt or NO_PICTURE,)))
        record = ViolationRecord(violation, evidence)
        events = transit_events(self._settings.topic_prefix, transit.stored, passage, record)
        return TransitRecord(transit.stored, record, events)

    def _without_violation(self, transit: SectionTransit) -> TransitRecord:
        return TransitRecord(transit.stored, None, transit_events(self._settings.topic_prefix, transit.stored))

    def _exempt(self, violation: Violation, passage: Passage) -> str | None:
        asked = self._settings.exemptions
        return None if asked is None else asked.warning(violation.rule, passage, violation.occurred_at)

    def _recorded(self, passage_id: str) -> Passage:
        with store_errors(self._engine.url, READABLE), Session(self._engine) as session:
            return recorded_passage(session.get_one(PassageRow, passage_id))

    def _evidence(
        self, transit: SectionTransit, violation: Violation, plate: Plate | None, said: str | None
    ) -> EvidenceFile | None:
        try:
            entry, exit_ = (self._seen(passage) for passage in (transit.pair.entry, transit.pair.exit))
        except EvidenceError as error:
            if said != NO_PICTURE:
                name, transit_id = self.section.name, transit.transit_id
                _log.warning("no_evidence", section=name, transit=transit_id, problem=error.problem)
            return None
        return self._pictures.write(violation, plate if transit.stored.plate_text else None, entry, exit_)

    def _seen(self, passage: SectionPassage) -> PairSeen:
        if passage.picture is None:
            raise EvidenceError(f"passage {passage.passage_id}: expected a picture on record, got none")
        return PairSeen(passage.camera_id, passage.moment.at, self._pictures.read(passage.picture))
