"""What events say of a vehicle."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from traffic.datatypes import Passage, Plate
from traffic.events.payload.wire import KMH_PER_MPS, Event, Measured, Sha256, Share, Wire
from traffic.plates.display import display_text


class WireAlternative(Wire):
    """What else the plate may read."""

    text: str
    """As in the plate."""
    probability: Share
    """That this is the whole text."""


class WirePlate(Wire):
    """The plate, agreed on by its readings."""

    text: str
    """Latin letters for the Cyrillic look-alikes, upper case, no spaces."""
    probability: Share
    """That the whole text is right."""
    readings: int = Field(ge=0)
    """How many readings agree with the text."""
    country: str | None = None
    """Whose format the text has: an ISO 3166 code in lower case, or `eu`; null where it has none."""
    format: str | None = None
    """That format's name within the country, such as `1` or `20`; null where it has none."""
    certain: bool = False
    """Probable enough, and read alike at least twice."""
    alternatives: tuple[WireAlternative, ...] = ()
    """The next most probable texts, falling."""
    display: str = ""
    """As it stands on the plate, in the country's letters and spaced, for people."""


class WireSpeed(Wire):
    """The speed over a stretch of road."""

    speed_kmh: Measured
    """Kilometres an hour."""
    standard_error_kmh: Measured
    """One standard error of `speed_kmh`."""
    heading_deg: Measured
    """Direction of travel on the road plane, from along the road (+y) towards +x, -180..180."""
    distance_m: Measured
    """Length of the stretch in metres."""


class VehicleEvent(Event):
    """What passages, violations and list hits say of the vehicle."""

    passage_id: UUID
    """The passage; the same when a recording is processed again."""
    vehicle_type: str
    """`car`, `van`, `pickup`, `truck`, `articulated_truck`, `bus` or `motorcycle`; later versions may know more."""
    vehicle_type_share: Share
    """How probable the type is, by classifier and detector together."""
    colour: str | None
    """The colour's name, null where none is told."""
    plate: WirePlate | None
    """Null where none was read, and where only its hash may be told."""
    plate_hash: Sha256 | None = None
    """Keyed hash of the plate's text, where the sender's config tells that; the same plate has the same hash."""
    speed: WireSpeed | None
    """Null where the camera is not calibrated or the stretch was too short."""


def wire_plate(plate: Plate | None) -> WirePlate | None:
    """A passage's plate."""
    if plate is None:
        return None
    return WirePlate(
        text=plate.text,
        probability=float(plate.probability),
        readings=int(plate.readings),
        country=plate.country,
        format=plate.format,
        certain=bool(plate.certain),
        alternatives=tuple(
            WireAlternative(text=each.text, probability=float(each.probability)) for each in plate.alternatives
        ),
        display=display_text(plate.text, plate.country, plate.format),
    )


def wire_speed(passage: Passage) -> WireSpeed | None:
    """A passage's speed."""
    speed = passage.speed
    if speed is None:
        return None
    return WireSpeed(
        speed_kmh=float(speed.speed_mps) * KMH_PER_MPS,
        standard_error_kmh=float(speed.standard_error_mps) * KMH_PER_MPS,
        heading_deg=float(speed.heading_deg),
        distance_m=float(speed.distance_m),
    )
