"""What section control reads from the record: the passages at a section's ends, and the transits that are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Engine, Integer, Numeric, cast, extract, func, literal, select
from sqlalchemy.orm import Session, aliased

from traffic.datatypes import EvidenceFile, LineCrossing
from traffic.sections.moment import SectionEnd, Stretch, moment_at
from traffic.sections.passage import SectionPassage
from traffic.sections.plan import NO_PICTURE
from traffic.sections.settings import SectionSettings
from traffic.store.failures import store_errors
from traffic.store.tables import CrossingRow, PassageRow, TransitRow

LONGEST_PASSAGE = timedelta(hours=1)
"""Who is in view for longer than this stands there, and is not looked for."""
HOUR_S = 3600


class PassageColumns(NamedTuple):
    """What is read of a passage; the names are those of PassageRow."""

    passage_id: str
    camera_id: str
    started_at: datetime
    ended_at: datetime
    start_pts_ns: int
    end_pts_ns: int
    vehicle_type: str
    plate_text: str | None
    plate_hash: str | None
    plate_certain: bool | None
    picture_path: str | None
    picture_sha256: str | None
    picture_size_bytes: int | None


@dataclass(frozen=True, slots=True)
class HourCount:
    """How many passages with a plate a camera has on record of one hour, which begins `hour` hours after 1970."""

    camera_id: str
    hour: int
    count: int


def section_ends(section: SectionSettings) -> tuple[SectionEnd, SectionEnd]:
    """The entry and the exit."""
    return (
        SectionEnd(section.entry, section.entry_line, section.entry_direction, section.line_error_m),
        SectionEnd(section.exit, section.exit_line, section.exit_direction, section.line_error_m),
    )


def passages_between(
    session: Session,
    section: SectionSettings,
    since: datetime,
    until: datetime,
    hash_of: Callable[[str], str] | None = None,
) -> list[SectionPassage]:
    """Those with a plate or its hash whose moment at the section's end is from `since` on and before `until`.

    With `hash_of` a plate that is kept as text has its hash too, so that it meets one of which only that is kept.
    """
    which = (
        PassageRow.camera_id.in_((section.entry, section.exit)),
        PassageRow.started_at >= since - LONGEST_PASSAGE,
        PassageRow.started_at < until,
        PassageRow.plate_text.is_not(None) | PassageRow.plate_hash.is_not(None),
    )
    ends = {end.camera_id: end for end in section_ends(section)}
    crossings = _crossings(session, [end.line for end in ends.values() if end.line is not None], which)
    columns = (getattr(PassageRow, name) for name in PassageColumns._fields)
    rows = (PassageColumns(*row) for row in session.execute(select(*columns).where(*which)))
    found = (section_passage(row, crossings.get(row.passage_id, ()), ends[row.camera_id], hash_of) for row in rows)
    return [passage for passage in found if passage is not None and since <= passage.moment.at < until]


def _crossings(
    session: Session, lines: Sequence[str], which: Sequence[ColumnElement[bool]]
) -> dict[str, list[LineCrossing]]:
    """Passage to its crossings of these lines."""
    if not lines:
        return {}
    query = (
        select(CrossingRow.passage_id, CrossingRow.line, CrossingRow.direction, CrossingRow.pts_ns)
        .join(PassageRow, PassageRow.passage_id == CrossingRow.passage_id)
        .where(CrossingRow.line.in_(lines), *which)
    )
    crossings: defaultdict[str, list[LineCrossing]] = defaultdict(list)
    for passage_id, line, direction, pts_ns in session.execute(query):
        crossings[passage_id].append(LineCrossing(line, direction, pts_ns))
    return crossings


def section_passage(
    row: PassageColumns,
    crossings: Sequence[LineCrossing],
    end: SectionEnd,
    hash_of: Callable[[str], str] | None = None,
) -> SectionPassage | None:
    """A recorded passage with its crossings at one end of a section; None where it did not cross the end's line."""
    stretch = Stretch(row.started_at, row.ended_at, row.start_pts_ns, row.end_pts_ns)
    moment = moment_at(end, stretch, crossings)
    if moment is None:
        return None
    made = hash_of(row.plate_text) if hash_of and row.plate_text else None
    return SectionPassage(
        passage_id=row.passage_id,
        camera_id=row.camera_id,
        vehicle_type=row.vehicle_type,
        plate_text=row.plate_text,
        plate_hash=row.plate_hash or made,
        certain=bool(row.plate_certain),
        moment=moment,
        picture=_picture(row),
    )


def transits_between(
    session: Session, section: SectionSettings, since: datetime, until: datetime
) -> Sequence[TransitRow]:
    """The recorded transits that left the section from `since` on and before `until`, the earliest first."""
    query = select(TransitRow).where(
        TransitRow.section == section.name, TransitRow.left_at >= since, TransitRow.left_at < until
    )
    return session.scalars(query.order_by(TransitRow.left_at, TransitRow.transit_id)).all()


def without_pictures(session: Session, section: SectionSettings, since: datetime) -> Sequence[datetime]:
    """When those left, from `since` on, who were not fined because a picture that is on record could not be read."""
    entry, exit_ = aliased(PassageRow), aliased(PassageRow)
    query = (
        select(TransitRow.left_at)
        .join(entry, entry.passage_id == TransitRow.entry_passage_id)
        .join(exit_, exit_.passage_id == TransitRow.exit_passage_id)
        .where(
            TransitRow.section == section.name,
            TransitRow.left_at >= since,
            TransitRow.warning == NO_PICTURE,
            entry.picture_path.is_not(None),
            exit_.picture_path.is_not(None),
        )
    )
    return session.scalars(query.order_by(TransitRow.left_at)).all()


@dataclass(frozen=True, slots=True)
class ListedTransit:
    """A transit on record, and whose plate it is, as far as the exit's passage tells."""

    row: TransitRow
    plate_country: str | None
    plate_format: str | None


def list_transits(
    engine: Engine, section: str | None, since: datetime | None, until: datetime | None, limit: int | None
) -> list[ListedTransit]:
    """Those of one section or of all that left from `since` on and before `until`, the newest first; None is any."""
    query = (
        select(TransitRow, PassageRow.plate_country, PassageRow.plate_format)
        .join(PassageRow, PassageRow.passage_id == TransitRow.exit_passage_id)
        .order_by(TransitRow.left_at.desc(), TransitRow.transit_id)
        .limit(limit)
    )
    if section is not None:
        query = query.where(TransitRow.section == section)
    if since is not None:
        query = query.where(TransitRow.left_at >= since)
    if until is not None:
        query = query.where(TransitRow.left_at < until)
    with store_errors(engine.url, "the record to be readable"), Session(engine) as session:
        return [ListedTransit(*each) for each in session.execute(query)]


def hour_counts(session: Session, section: SectionSettings, since: datetime) -> list[HourCount]:
    """Of every hour that has passages with plates at the section's cameras, from the hour of `since` on."""
    # Exact, for an integer would round the last half second of an hour up into the next.
    epoch = cast(extract("epoch", PassageRow.started_at), Numeric(20, 6))
    hour = cast(epoch - epoch % literal(HOUR_S, Integer), BigInteger)
    query = (
        select(PassageRow.camera_id, hour, func.count())
        .where(
            PassageRow.camera_id.in_((section.entry, section.exit)),
            PassageRow.started_at >= since,
            PassageRow.plate_text.is_not(None) | PassageRow.plate_hash.is_not(None),
        )
        .group_by(PassageRow.camera_id, hour)
        .order_by(hour, PassageRow.camera_id)
    )
    return [HourCount(camera, int(start) // HOUR_S, count) for camera, start, count in session.execute(query)]


def _picture(row: PassageColumns) -> EvidenceFile | None:
    if row.picture_path is None or row.picture_sha256 is None or row.picture_size_bytes is None:
        return None
    return EvidenceFile(row.picture_path, row.picture_sha256, row.picture_size_bytes)
