"""Follows the record: what settles is put on record, what came late is mended, until stopped.

Any number of these processes may run on one database: one at a time looks, and what another recorded is left as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from traffic.errors import EvidenceError, StoreError
from traffic.sections.keeper import READABLE, Kept, SectionKeeper
from traffic.sections.reading import HourCount, hour_counts, without_pictures
from traffic.sections.watch import HourWatch, TimeStretch, around, hour_of, hour_start, pieces, settling, whole_hours
from traffic.store.failures import store_errors
from traffic.store.lease import sections_lease

LOOK_EVERY_S = 5.0
COUNT_EVERY = timedelta(minutes=5)
"""What came late is found so soon, and pictures that could not be read are tried again so often."""
LOOK_BACK = timedelta(days=7)

_log = structlog.get_logger(__name__)


class SectionRunner:
    """Follows one section.

    Args:
        engine: from `open_for_recording`, whose owner outlives this.
        keeper: writes.
        look_back: passages of so long ago are looked for, not of earlier.
    """

    def __init__(self, engine: Engine, keeper: SectionKeeper, look_back: timedelta = LOOK_BACK) -> None:
        self._engine = engine
        self._keeper = keeper
        self._look_back = look_back
        self._watch = HourWatch()
        self._looked_until: datetime | None = None
        self._counted: datetime | None = None

    def step(self, now: datetime) -> Kept:
        """Look once.

        Raises:
            StoreError, EvidenceError: see SectionKeeper.keep; what is not done is done by the next step.
        """
        kept = Kept()
        if self._counted is None or now - self._counted >= COUNT_EVERY:
            kept += self._mend(now)
            self._counted = now
        if self._looked_until is not None:
            kept += keep_all(self._keeper, settling(self._keeper.section, self._looked_until, now), now)
        self._looked_until = now
        return kept

    def _mend(self, now: datetime) -> Kept:
        kept, since = Kept(), hour_start(hour_of(now - self._look_back))
        counts, unpictured = self._read(since)
        changed = self._watch.changed(counts)
        late = around(changed, self._keeper.section)
        again = whole_hours(at for at in unpictured if not any(each.since <= at < each.until for each in late))
        for stretch in (*late, *again):
            kept += self._keeper.keep(stretch.since, stretch.until, now)
        self._watch.looked_at(changed)
        self._watch.forget_before(since)
        return kept

    def _read(self, since: datetime) -> tuple[list[HourCount], Sequence[datetime]]:
        section = self._keeper.section
        with store_errors(self._engine.url, READABLE), Session(self._engine) as session:
            return hour_counts(session, section, since), without_pictures(session, section, since)


def keep_all(keeper: SectionKeeper, stretch: TimeStretch, now: datetime) -> Kept:
    """Brings a stretch of any length up to date, a day at a time; raises what SectionKeeper.keep does."""
    return sum((keeper.keep(piece.since, piece.until, now) for piece in pieces(stretch)), Kept())


def follow(
    engine: Engine,
    runners: Sequence[SectionRunner],
    stop: threading.Event,
    on_kept: Callable[[Kept], None],
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    look_every_s: float = LOOK_EVERY_S,
) -> None:
    """Looks every few seconds until `stop` is set; a database or a disk that refuses is tried again for ever.

    Args:
        engine: the runners'.
        runners: one for each section.
        stop: ends it, from any thread.
        on_kept: told of every look that changed something.
        clock: gives aware UTC.
        look_every_s: how long it rests between two looks.
    """
    told = ""
    while not stop.is_set():
        problem = ""
        for runner in runners:
            done = _look(engine, runner, clock())
            if not isinstance(done, Kept):
                problem = str(done)
            elif done != Kept():
                on_kept(done)
        if problem and problem != told:
            _log.error("sections wait", problem=problem)
        told = problem
        stop.wait(look_every_s)


def _look(engine: Engine, runner: SectionRunner, now: datetime) -> Kept | StoreError | EvidenceError:
    try:
        with sections_lease(engine) as held:
            return Kept() if held is None else runner.step(now)
    except (StoreError, EvidenceError) as error:
        return error
