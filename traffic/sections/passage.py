"""What section control knows of one passage: whose it was, and when it was at the section's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from traffic.datatypes import EvidenceFile


@dataclass(frozen=True, slots=True)
class Moment:
    """When a vehicle was at one end of a section.

    Attributes:
        at: UTC by the camera's clock; `pts_ns` of two recordings cannot be compared.
        pts_ns: the same moment in the recording's media time.
        error_s: one standard error of the time, without the clock's.
        position_error_m: one standard error of where on the road the vehicle was then.
    """

    at: datetime
    pts_ns: int
    error_s: float
    position_error_m: float


@dataclass(frozen=True, slots=True)
class SectionPassage:
    """A passage at one end of a section.

    Attributes:
        passage_id, camera_id, vehicle_type: as in datatypes.Passage.
        plate_text: canonical; None where only the hash is kept.
        plate_hash: keyed hash of the text; None where none is kept.
        certain: the plate was probable enough, and read alike at least twice.
        moment: when it was there.
        picture: of the passage, on disk; None where none was kept.
    """

    passage_id: str
    camera_id: str
    vehicle_type: str
    plate_text: str | None
    plate_hash: str | None
    certain: bool
    moment: Moment
    picture: EvidenceFile | None = None

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts passages by their moments, alike on every machine."""
        return self.moment.at, self.passage_id
