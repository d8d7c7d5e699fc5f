"""What has to change in the record so that it says what the passages say: pure, from rows to a plan.

A transit goes on record once it is settled. From then on only a passage that came later than `lateness_s` speaks
against it: then the transit is withdrawn and the right one takes its place. A violation that was issued is never taken
back by a program: its transit stays, with a warning that a person sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from traffic.sections.passage import SectionPassage
from traffic.sections.settings import SectionSettings
from traffic.sections.transit import SectionTransit, settled_at, transits
from traffic.store.tables import TransitRow

NO_PICTURE = "there is no picture of both passages: no evidence, no violation"
EXEMPT = "exempt"
"""Begins the warning of a vehicle for which the limit does not hold. It was asked once: lists change."""
CONTRADICTED = "passages that came to the record after the violation was issued belong together otherwise"

WITHDRAWN = "passages that came to the record later show that these two do not belong together"


@dataclass(frozen=True, slots=True)
class Correction:
    """A recorded transit that says something else now.

    Attributes:
        row: as it is on record.
        transit: as the passages have it; None where they have another one in its place.
    """

    row: TransitRow
    transit: SectionTransit | None

    @property
    def withdraws(self) -> bool:
        """Whether the row goes; one with a violation stays."""
        return self.transit is None and self.row.violation_id is None

    @property
    def awaits_picture(self) -> bool:
        """Whether nothing but a picture stood against it, which may be readable now."""
        return self.row.warning == NO_PICTURE and self.transit is not None and self.transit.warning is None

    @property
    def warning(self) -> str | None:
        """What the row is to say."""
        return CONTRADICTED if self.transit is None else self.transit.warning


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a stretch of time.

    Attributes:
        corrections: of recorded transits, to be made first.
        fresh: transits to be put on record, in the order of their exits.
    """

    corrections: tuple[Correction, ...]
    fresh: tuple[SectionTransit, ...]


def make_plan(
    passages: Iterable[SectionPassage],
    rows: Sequence[TransitRow],
    section: SectionSettings,
    now: datetime,
    stretch: tuple[datetime, datetime],
) -> Plan:
    """Hold the record against the passages.

    Args:
        passages: at the section's cameras, of the stretch and of `reach` around it.
        rows: the recorded transits that left within the stretch.
        section: its settings.
        now: what is settled by now is recorded.
        stretch: from its first moment on and before its second: the exits that are looked at.
    """
    matched = transits(passages, section)
    by_id = {transit.transit_id: transit for transit in matched}
    paired = {passage.passage_id for transit in matched for passage in (transit.pair.entry, transit.pair.exit)}
    corrections = tuple(
        Correction(row, by_id.get(row.transit_id)) for row in rows if _says_otherwise(row, by_id, paired)
    )
    withdrawn = {correction.row.transit_id for correction in corrections if correction.withdraws}
    taken = {row.exit_passage_id for row in rows if row.transit_id not in withdrawn}
    since, until = stretch
    fresh = (
        transit
        for transit in matched
        if since <= transit.pair.exit.moment.at < until
        and transit.pair.exit.passage_id not in taken
        and settled_at(transit, section) <= now
    )
    return Plan(corrections, tuple(fresh))


def _says_otherwise(row: TransitRow, by_id: dict[str, SectionTransit], paired: set[str]) -> bool:
    transit = by_id.get(row.transit_id)
    if transit is not None:
        return row.warning != transit.warning and not (transit.warning is None and _found_otherwise(row, transit))
    belongs_elsewhere = not paired.isdisjoint((row.entry_passage_id, row.exit_passage_id))
    return belongs_elsewhere and not (row.violation_id and row.warning == CONTRADICTED)


def _found_otherwise(row: TransitRow, transit: SectionTransit) -> bool:
    """Whether the row's warning is one that the passages do not tell, and that holds."""
    pictured = transit.pair.entry.picture is not None and transit.pair.exit.picture is not None
    return (row.warning or "").startswith(EXEMPT) or (row.warning == NO_PICTURE and not pictured)
