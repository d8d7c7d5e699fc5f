"""A vehicle's way through a section, and the violation that it may be."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from traffic.datatypes import Fact, Violation
from traffic.sections.doubts import SAME_VIEW_S, doubts, shortest_drive
from traffic.sections.matching import Pair, match_passages
from traffic.sections.passage import SectionPassage
from traffic.sections.settings import SectionSettings
from traffic.sections.speed import AverageSpeed, average_speed
from traffic.store.transits import Transit

KMH_PER_MPS = 3.6
TRANSIT_NAMESPACE = uuid.UUID("0b1c8f0e-6d55-5c3b-8a26-9d1f4e7c2a60")


@dataclass(frozen=True, slots=True)
class SectionTransit:
    """One vehicle's way through a section.

    Attributes:
        transit_id: a UUID made from the section and the two passages, so that matching anew gives the same.
        section: its name.
        pair: the two passages and how they were found to belong together.
        speed: the average.
        warnings: why a person should look at it; a transit with a warning is never a violation.
        revision: how often something else was told of it before.
    """

    transit_id: str
    section: str
    pair: Pair
    speed: AverageSpeed
    warnings: tuple[str, ...]
    revision: int = 0

    @property
    def warning(self) -> str | None:
        """The warnings as they stand in the record."""
        return "; ".join(self.warnings) or None

    @property
    def stored(self) -> Transit:
        """As it is recorded; a plate or its hash is told where both passages keep it."""
        entry, exit_ = self.pair.entry, self.pair.exit
        return Transit(
            transit_id=self.transit_id,
            section=self.section,
            entry_passage_id=entry.passage_id,
            exit_passage_id=exit_.passage_id,
            exit_camera_id=exit_.camera_id,
            plate_text=exit_.plate_text if entry.plate_text else None,
            plate_hash=exit_.plate_hash if entry.plate_hash else None,
            match=self.pair.match,
            entered_at=entry.moment.at,
            left_at=exit_.moment.at,
            distance_m=self.speed.distance_m,
            duration_s=self.speed.duration_s,
            speed_mps=self.speed.speed_mps,
            standard_error_mps=self.speed.standard_error_mps,
            warning=self.warning,
            revision=self.revision,
        )


def transits(passages: Iterable[SectionPassage], section: SectionSettings) -> list[SectionTransit]:
    """All transits among the passages at the section's two cameras, in the order of their exits."""
    return [_transit(pair, section) for pair in match_passages(passages, section)]


def settled_at(transit: SectionTransit, section: SectionSettings) -> datetime:
    """When nothing that reaches the record within `lateness_s` can change the transit any more.

    That is shortly after its exit; where the plates are but alike, when the own plate of whatever entered before that
    could still have left.
    """
    lateness = timedelta(seconds=section.lateness_s)
    if transit.pair.match == "alike":
        return transit.pair.exit.moment.at + timedelta(seconds=section.maximum_duration_s) + lateness
    doubted_until = max(timedelta(seconds=SAME_VIEW_S), shortest_drive(section))
    return transit.pair.exit.moment.at + doubted_until + lateness


def violation_of(transit: SectionTransit, section: SectionSettings) -> Violation | None:
    """The violation, None where the limit was kept, or was not surely broken, or anything is in doubt."""
    limit_mps = section.limit_kmh / KMH_PER_MPS
    tolerance_mps = section.tolerance_kmh / KMH_PER_MPS
    if transit.warnings or transit.speed.surely_mps(section.standard_errors) <= limit_mps + tolerance_mps:
        return None
    entry, exit_ = transit.pair.entry, transit.pair.exit
    return Violation(
        violation_id=str(uuid.uuid5(uuid.UUID(exit_.passage_id), section.rule)),
        passage_id=exit_.passage_id,
        camera_id=exit_.camera_id,
        rule=section.rule,
        pts_ns=exit_.moment.pts_ns,
        occurred_at=exit_.moment.at,
        facts=(
            Fact("average_speed", transit.speed.speed_mps, "m/s"),
            Fact("standard_error", transit.speed.standard_error_mps, "m/s"),
            Fact("limit", limit_mps, "m/s"),
            Fact("tolerance", tolerance_mps, "m/s"),
            Fact("distance", transit.speed.distance_m, "m"),
            Fact("duration", transit.speed.duration_s, "s"),
            Fact("entered", entry.moment.at.timestamp(), "s since 1970"),
            Fact("left", exit_.moment.at.timestamp(), "s since 1970"),
        ),
    )


def _transit(pair: Pair, section: SectionSettings) -> SectionTransit:
    speed = average_speed(pair.entry.moment, pair.exit.moment, section)
    name = f"{section.name}/{pair.entry.passage_id}/{pair.exit.passage_id}"
    transit_id = str(uuid.uuid5(TRANSIT_NAMESPACE, name))
    return SectionTransit(transit_id, section.name, pair, speed, doubts(pair, speed, section))
