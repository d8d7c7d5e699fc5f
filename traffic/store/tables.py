"""The tables. A row is a typed dataclass; its relations are filled where a query says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traffic.datatypes import Fact, PlateAlternative
from traffic.store.base import SHA256_LENGTH, UUID_LENGTH, Base
from traffic.store.columns import AlternativesJson, FactsJson, PathJson, PathPoint, UtcDateTime


class PassageRow(Base):
    """One vehicle through one camera's view; `path` is thinned, the rest is as in `datatypes.Passage`.

    `plate_skeleton` is the plate's text with look-alikes folded (plates/confusions.py), for searching.
    """

    __tablename__ = "passages"
    __table_args__ = (
        Index(None, "started_at"),
        Index(None, "camera_id", "started_at"),
        Index(None, "vehicle_type", "started_at"),
        Index(None, "plate_text"),
        Index(None, "plate_skeleton"),
        # Most hashes are null; an index of them all would look useless to SQLite.
        Index(
            None,
            "plate_hash",
            sqlite_where=text("plate_hash IS NOT NULL"),
            postgresql_where=text("plate_hash IS NOT NULL"),
        ),
    )

    passage_id: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    camera_id: Mapped[str] = mapped_column(Text)
    recording_id: Mapped[str] = mapped_column(Text)
    track_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    start_pts_ns: Mapped[int] = mapped_column(BigInteger)
    end_pts_ns: Mapped[int] = mapped_column(BigInteger)
    vehicle_type: Mapped[str] = mapped_column(Text)
    vehicle_type_share: Mapped[float]
    colour: Mapped[str | None] = mapped_column(Text)
    plate_text: Mapped[str | None] = mapped_column(Text)
    plate_probability: Mapped[float | None]
    plate_readings: Mapped[int | None]
    speed_mps: Mapped[float | None]
    speed_standard_error_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]
    path: Mapped[tuple[PathPoint, ...]] = mapped_column(PathJson, repr=False)
    crossings: Mapped[list[CrossingRow]] = relationship(order_by="CrossingRow.position", lazy="raise", repr=False)
    violations: Mapped[list[ViolationRow]] = relationship(
        back_populates="passage", order_by="ViolationRow.pts_ns", lazy="raise", repr=False
    )
    plate_country: Mapped[str | None] = mapped_column(Text, default=None)
    plate_format: Mapped[str | None] = mapped_column(Text, default=None)
    plate_certain: Mapped[bool | None] = mapped_column(default=None)
    plate_alternatives: Mapped[tuple[PlateAlternative, ...] | None] = mapped_column(AlternativesJson, default=None)
    plate_skeleton: Mapped[str | None] = mapped_column(Text, default=None)
    plate_hash: Mapped[str | None] = mapped_column(String(SHA256_LENGTH), default=None)
    picture_path: Mapped[str | None] = mapped_column(Text, default=None)
    picture_sha256: Mapped[str | None] = mapped_column(String(SHA256_LENGTH), default=None)
    picture_size_bytes: Mapped[int | None] = mapped_column(BigInteger, default=None)
    hits: Mapped[list[HitRow]] = relationship(
        order_by="HitRow.list_name, HitRow.entry", lazy="raise", repr=False, default_factory=list
    )


class CrossingRow(Base):
    """A passage went over a counting line; `position` is 0 for its first crossing."""

    __tablename__ = "crossings"
    __table_args__ = (Index(None, "line", "direction"),)

    passage_id: Mapped[str] = mapped_column(ForeignKey("passages.passage_id"), primary_key=True, init=False)
    position: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    pts_ns: Mapped[int] = mapped_column(BigInteger)


class ViolationRow(Base):
    """A rule broken in a passage, with the evidence picture that was written before this row."""

    __tablename__ = "violations"
    __table_args__ = (
        Index(None, "passage_id"),
        Index(None, "occurred_at"),
        Index(None, "camera_id", "occurred_at"),
        Index(None, "rule", "occurred_at"),
    )

    violation_id: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    passage_id: Mapped[str] = mapped_column(ForeignKey("passages.passage_id"), init=False)
    camera_id: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pts_ns: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[tuple[Fact, ...]] = mapped_column(FactsJson)
    evidence_path: Mapped[str] = mapped_column(Text)
    evidence_sha256: Mapped[str] = mapped_column(String(SHA256_LENGTH))
    evidence_size_bytes: Mapped[int] = mapped_column(BigInteger)
    passage: Mapped[PassageRow] = relationship(back_populates="violations", lazy="raise", init=False, repr=False)


class HitRow(Base):
    """A passage's plate was on a list; `occurred_at` is the passage's end."""

    __tablename__ = "hits"
    __table_args__ = (Index(None, "list_name", "occurred_at"), Index(None, "occurred_at"), Index(None, "passage_id"))

    hit_id: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    passage_id: Mapped[str] = mapped_column(ForeignKey("passages.passage_id"), init=False)
    camera_id: Mapped[str] = mapped_column(Text)
    list_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    entry: Mapped[str] = mapped_column(Text)
    match: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TransitRow(Base):
    """One vehicle's way through a section between two cameras; with a `warning` it is never a violation.

    `revision` counts what was told of it: 0 when it was recorded, one more with every correction.
    """

    __tablename__ = "transits"
    __table_args__ = (
        UniqueConstraint("section", "exit_passage_id"),
        Index(None, "section", "left_at"),
        Index(None, "left_at"),
        Index(None, "entry_passage_id"),
        Index(None, "exit_passage_id"),
        Index(None, "violation_id"),
    )

    transit_id: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    section: Mapped[str] = mapped_column(Text)
    entry_passage_id: Mapped[str] = mapped_column(ForeignKey("passages.passage_id"))
    exit_passage_id: Mapped[str] = mapped_column(ForeignKey("passages.passage_id"))
    plate_text: Mapped[str | None] = mapped_column(Text)
    plate_hash: Mapped[str | None] = mapped_column(String(SHA256_LENGTH))
    match: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    distance_m: Mapped[float]
    duration_s: Mapped[float]
    speed_mps: Mapped[float]
    standard_error_mps: Mapped[float]
    warning: Mapped[str | None] = mapped_column(Text)
    violation_id: Mapped[str | None] = mapped_column(ForeignKey("violations.violation_id"))
    revision: Mapped[int] = mapped_column(default=0)


class WithdrawnTransitRow(Base):
    """A transit that was told of and is no longer on record; if it comes back, its `revision` goes on from here."""

    __tablename__ = "withdrawn_transits"

    transit_id: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    revision: Mapped[int]


class OutboxRow(Base):
    """An event that waits for the broker (`sent_at` is null) or was acknowledged by it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_unsent",
            "sequence",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
        Index(None, "sent_at"),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, init=False
    )
    event_id: Mapped[str] = mapped_column(String(UUID_LENGTH), unique=True)
    topic: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
