"""Rows of the record as people and spreadsheets read them: km/h, plates as on the plate, one value a field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from traffic.cli.output import local
from traffic.datatypes import Fact
from traffic.plates.display import display_text
from traffic.plates.formats import COUNTRIES, formats_of
from traffic.store.tables import CrossingRow, HitRow, PassageRow, ViolationRow

KMH_PER_MPS = 3.6
PLAIN_FROM = 100.0
"""Figures from here on are written to a tenth, smaller ones with three digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageEntry:
    """A passage; the names are those of the JSON keys and of the CSV columns.

    Attributes:
        plate: Latin look-alikes, as in the database.
        plate_shown: as on the plate, in the country's letters.
        plate_country, plate_format: whose format it has, and that format's name; None where it has none.
        plate_certain: probable enough, and read alike at least twice.
        plate_alternatives: "text probability" for each of the next most probable ones.
        plate_hash: where only that is kept of the plate.
        list_hits: "list: entry (match)" for each list that the plate is on.
        crossings: "line direction" for each counting line it went over, in order.
        broken_rules: their names.
        picture_path: of the passage's own picture, relative to the evidence folder, where one is kept.
    """

    passage_id: str
    camera_id: str
    started_at: datetime
    ended_at: datetime
    vehicle_type: str
    vehicle_type_share: float
    colour: str | None
    plate: str | None
    plate_shown: str | None
    plate_probability: float | None
    plate_readings: int | None
    plate_country: str | None
    plate_format: str | None
    plate_certain: bool | None
    plate_alternatives: tuple[str, ...]
    plate_hash: str | None
    list_hits: tuple[str, ...]
    speed_kmh: float | None
    speed_standard_error_kmh: float | None
    heading_deg: float | None
    crossings: tuple[str, ...]
    broken_rules: tuple[str, ...]
    picture_path: str | None
    recording_id: str
    track_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationEntry:
    """A violation with what identifies its vehicle; names as in PassageEntry.

    Attributes:
        facts: "name value unit" for each figure it rests on.
        evidence_path: relative to the evidence folder.
    """

    violation_id: str
    passage_id: str
    camera_id: str
    rule: str
    occurred_at: datetime
    vehicle_type: str
    colour: str | None
    plate: str | None
    plate_shown: str | None
    plate_country: str | None
    plate_format: str | None
    plate_certain: bool | None
    plate_alternatives: tuple[str, ...]
    speed_kmh: float | None
    facts: tuple[str, ...]
    evidence_path: str
    evidence_sha256: str
    evidence_size_bytes: int
    plate_hash: str | None


def plate_text(entry: PassageEntry | ViolationEntry) -> str:
    """A plate for a cell of a table: as on the plate, `hashed` where only that is kept, or empty."""
    return entry.plate_shown or ("hashed" if entry.plate_hash else "")


def vehicle_text(vehicle_type: str, colour: str | None) -> str:
    """A vehicle in words, like `white van`."""
    return " ".join(word for word in (colour, vehicle_type.replace("_", " ")) if word)


def plate_type_text(country: str | None, name: str | None) -> str:
    """A format in words, like `ru 20, police`."""
    if country is None or name is None:
        return "none that is known"
    known = formats_of((country,)) if country in COUNTRIES else ()
    purpose = next((f", {each.purpose}" for each in known if each.name == name), "")
    return f"{country} {name}{purpose}"


def alternatives_text(entry: PassageEntry | ViolationEntry) -> str:
    """What else the plate may read, for people."""
    return ", ".join(entry.plate_alternatives) or "nothing else"


def passage_entry(row: PassageRow) -> PassageEntry:
    """From a row with its crossings and violations."""
    return PassageEntry(
        passage_id=row.passage_id,
        camera_id=row.camera_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        vehicle_type=row.vehicle_type,
        vehicle_type_share=round(row.vehicle_type_share, 3),
        colour=row.colour,
        plate=row.plate_text,
        plate_shown=_shown(row),
        plate_probability=_rounded(row.plate_probability),
        plate_readings=row.plate_readings,
        plate_country=row.plate_country,
        plate_format=row.plate_format,
        plate_certain=row.plate_certain,
        plate_alternatives=_alternatives(row),
        plate_hash=row.plate_hash,
        list_hits=tuple(map(_hit, row.hits)),
        speed_kmh=_kmh(row.speed_mps),
        speed_standard_error_kmh=_kmh(row.speed_standard_error_mps),
        heading_deg=_rounded(row.heading_deg),
        crossings=tuple(_crossing(crossing) for crossing in row.crossings),
        broken_rules=tuple(violation.rule for violation in row.violations),
        picture_path=row.picture_path,
        recording_id=row.recording_id,
        track_id=row.track_id,
    )


def violation_entry(row: ViolationRow) -> ViolationEntry:
    """From a row with its passage."""
    return ViolationEntry(
        violation_id=row.violation_id,
        passage_id=row.passage.passage_id,
        camera_id=row.camera_id,
        rule=row.rule,
        occurred_at=row.occurred_at,
        vehicle_type=row.passage.vehicle_type,
        colour=row.passage.colour,
        plate=row.passage.plate_text,
        plate_shown=_shown(row.passage),
        plate_country=row.passage.plate_country,
        plate_format=row.passage.plate_format,
        plate_certain=row.passage.plate_certain,
        plate_alternatives=_alternatives(row.passage),
        speed_kmh=_kmh(row.passage.speed_mps),
        facts=tuple(_fact(fact) for fact in row.facts),
        evidence_path=row.evidence_path,
        evidence_sha256=row.evidence_sha256,
        evidence_size_bytes=row.evidence_size_bytes,
        plate_hash=row.passage.plate_hash,
    )


def _shown(row: PassageRow) -> str | None:
    return None if row.plate_text is None else display_text(row.plate_text, row.plate_country, row.plate_format)


def _alternatives(row: PassageRow) -> tuple[str, ...]:
    return tuple(f"{each.text} {each.probability:.1%}" for each in row.plate_alternatives or ())


def _hit(hit: HitRow) -> str:
    return f"{hit.list_name}: {hit.entry} ({hit.match})"


def _kmh(speed_mps: float | None) -> float | None:
    return None if speed_mps is None else round(speed_mps * KMH_PER_MPS, 2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _crossing(crossing: CrossingRow) -> str:
    return f"{crossing.line} {crossing.direction}"


def _fact(fact: Fact) -> str:
    if fact.unit == "m/s":
        return f"{fact.name} {fact.value * KMH_PER_MPS:.1f} km/h"
    if fact.unit == "s since 1970":
        return f"{fact.name} {local(datetime.fromtimestamp(fact.value, timezone.utc))}"
    return f"{fact.name} {_figure(fact.value)} {fact.unit}".rstrip()


def _figure(value: float) -> str:
    return f"{value:.3g}" if abs(value) < PLAIN_FROM else f"{value:.1f}".removesuffix(".0")
