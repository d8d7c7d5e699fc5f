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
            stretch = settling(self._keeper.section, self._looked_until, now)
            kept += keep_all(self._keeper, stretch, now, try_again=False)
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


def keep_all(keeper: SectionKeeper, stretch: TimeStretch, now: datetime, *, try_again: bool = True) -> Kept:
    """Brings a stretch of any length up to date, a day at a time; as SectionKeeper.keep."""
    kept = (keeper.keep(piece.since, piece.until, now, try_again=try_again) for piece in pieces(stretch))
    return sum(kept, Kept())


def follow(
    engine: Engine,
    runners: Sequence[SectionRunner],
    stop: threading.Event,
    on_kept: Callable[[Kept], None],
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    look_every_s: float = LOOK_EVERY_S,
    on_caught_up: Callable[[datetime], object] = lambda now: None,  # noqa: ARG005
) -> None:
    """Looks every few seconds until `stop` is set; a database or a disk that refuses is tried again for ever.

    Args:
        engine: the runners'.
        runners: one for each section.
        stop: ends it, from any thread.
        on_kept: told of every look that changed something.
        clock: gives aware UTC.
        look_every_s: how long it rests between two looks.
        on_caught_up: called with the moment after every round in which all runners looked, as their lease's holder; it
            may refuse as they do.
    """
    told = ""
    while not stop.is_set():
        problem = _round(engine, runners, clock, on_kept, on_caught_up)
        if problem and problem != told:
            _log.error("sections wait", problem=problem)
        told = problem
        stop.wait(look_every_s)


def _round(
    engine: Engine,
    runners: Sequence[SectionRunner],
    clock: Callable[[], datetime],
    on_kept: Callable[[Kept], None],
    on_caught_up: Callable[[datetime], object],
) -> str:
    """What kept a runner from looking; empty where nothing did, or another process looks."""
    problem, caught_up = "", True
    for runner in runners:
        now = clock()
        done = _look(engine, runner.step, now)
        caught_up = caught_up and isinstance(done, Kept)
        if isinstance(done, StoreError | EvidenceError):
            problem = str(done)
        elif isinstance(done, Kept) and done != Kept():
            on_kept(done)
    if caught_up and runners:
        pruned = _look(engine, on_caught_up, now)
        return str(pruned) if isinstance(pruned, StoreError | EvidenceError) else ""
    return problem


def _look(engine: Engine, step: Callable[[datetime], object], now: datetime) -> object:
    """What the step gives, or the error that it raises; None where another process has the lease."""
    try:
        with sections_lease(engine) as held:
            return None if held is None else step(now)
    except (StoreError, EvidenceError) as error:
        return error
