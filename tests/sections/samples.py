"""A section of 3 km between two cameras, and passages at its ends, in seconds after noon."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from builders import STARTED_AT

from traffic.datatypes import EvidenceFile
from traffic.sections.passage import Moment, SectionPassage
from traffic.sections.settings import SectionSettings

IDS = UUID("7d0f4b1c-9a52-4e0e-8a53-1f0c6f8f2b7d")
PLATE = "A123BC77"
ENTRY, EXIT = "west", "east"


def section(**changes: object) -> SectionSettings:
    """90 km/h on 3000 m: 120 s; who takes longer than 600 s does not count."""
    values: dict[str, object] = {
        "name": "bridge",
        "entry": ENTRY,
        "exit": EXIT,
        "distance_m": 3000.0,
        "distance_error_m": 1.0,
        "line_error_m": 0.5,
        "clock_error_s": 0.1,
        "limit_kmh": 90.0,
        "maximum_duration_s": 600.0,
        "lateness_s": 300.0,
    }
    return SectionSettings.model_validate(values | changes)


def passed(
    camera_id: str,
    at_s: float,
    plate: str | None = PLATE,
    *,
    certain: bool = True,
    plate_hash: str | None = None,
    vehicle_type: str = "car",
    picture: EvidenceFile | None = None,
    name: str = "",
) -> SectionPassage:
    """A passage over the line of a camera, `at_s` seconds after noon; the same arguments give the same id."""
    at = noon(at_s)
    return SectionPassage(
        passage_id=str(uuid5(IDS, f"{camera_id} {at_s} {plate} {plate_hash} {name}")),
        camera_id=camera_id,
        vehicle_type=vehicle_type,
        plate_text=plate,
        plate_hash=plate_hash,
        certain=certain,
        moment=Moment(at, round(at_s * 1e9), 0.0, 0.5),
        picture=picture,
    )


def noon(at_s: float) -> datetime:
    return STARTED_AT + timedelta(seconds=at_s)
