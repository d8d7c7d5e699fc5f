"""What speaks against a pair of passages being one vehicle on one way through the section: what is never fined.

Each doubt is a sentence for the transit's warning. A second entry that has not left yet, another passage in between,
or a second exit may be the same vehicle lost and found again by the tracker, or on its way back; or another vehicle
with a copy of the plate. Then nothing tells which moments belong together. A plate that was at both cameras within less
time than any vehicle needs is on two vehicles, whichever of its passages are paired.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import MappingProxyType

from traffic.sections.matching import Pair
from traffic.sections.passage import SectionPassage
from traffic.sections.settings import SectionSettings
from traffic.sections.speed import AverageSpeed

KMH_PER_MPS = 3.6
FASTEST_KMH = 300.0
SAME_VIEW_S = 30.0
"""A plate that is seen at the exit again within this time may never have left it."""

UNCERTAIN_ENTRY = "the plate at the entry is not certain"
UNCERTAIN_EXIT = "the plate at the exit is not certain"
TWO_PLACES = f"the plate was at both cameras sooner than {FASTEST_KMH:.0f} km/h allow: two vehicles with one plate"
IN_BETWEEN = "the plate passed one of the two cameras in between"
ENTERED_TWICE = "the plate entered twice before it left"
LEFT_TWICE = f"the plate was seen at the exit again within {SAME_VIEW_S:.0f} s"
TOO_FAST = f"faster than {FASTEST_KMH:.0f} km/h: perhaps two vehicles with one plate"

MAY_SEEM = MappingProxyType(
    {
        "motorcycle": frozenset({"motorcycle"}),
        "car": frozenset({"car", "van", "pickup"}),
        "van": frozenset({"car", "van", "pickup", "truck", "articulated_truck", "bus"}),
        "pickup": frozenset({"car", "van", "pickup", "truck", "articulated_truck", "bus"}),
        "truck": frozenset({"van", "pickup", "truck", "articulated_truck", "bus"}),
        "articulated_truck": frozenset({"van", "pickup", "truck", "articulated_truck", "bus"}),
        "bus": frozenset({"van", "pickup", "truck", "articulated_truck", "bus"}),
    }
)
"""The types that one vehicle of VEHICLE_TYPES may be taken for at the other camera."""


def doubts(pair: Pair, speed: AverageSpeed, section: SectionSettings) -> tuple[str, ...]:
    """The warnings of a pair, none where everything agrees."""
    return (*_of_plates(pair), *_of_neighbours(pair, section), *_of_vehicle(pair, speed))


def _of_plates(pair: Pair) -> Iterator[str]:
    if pair.match == "alike":
        yield f"one character differs: {pair.entry.plate_text} entered, {pair.exit.plate_text} left"
    if not pair.entry.certain:
        yield UNCERTAIN_ENTRY
    if not pair.exit.certain:
        yield UNCERTAIN_EXIT


def _of_neighbours(pair: Pair, section: SectionSettings) -> Iterator[str]:
    seen = pair.same_plate
    first, last = seen.index(pair.entry), seen.index(pair.exit)
    before, between, after = seen[:first], seen[first + 1 : last], seen[last + 1 :]
    if between:
        yield IN_BETWEEN
    if pair.others_inside:
        yield ENTERED_TWICE
    still_there = pair.exit.moment.at + timedelta(seconds=SAME_VIEW_S)
    if any(each.camera_id == section.exit and each.moment.at <= still_there for each in after):
        yield LEFT_TWICE
    if any(_too_near(pair, each, section) for each in (*before, *between, *after)):
        yield TWO_PLACES


def _too_near(pair: Pair, other: SectionPassage, section: SectionSettings) -> bool:
    """Whether no vehicle of the pair can have been at the other camera at that moment too, before or after."""
    across = pair.exit if other.camera_id == section.entry else pair.entry
    return abs(across.moment.at - other.moment.at) < shortest_drive(section)


def shortest_drive(section: SectionSettings) -> timedelta:
    """What the fastest vehicle takes from one camera to the other."""
    return timedelta(seconds=section.distance_m * KMH_PER_MPS / FASTEST_KMH)


def _of_vehicle(pair: Pair, speed: AverageSpeed) -> Iterator[str]:
    if speed.speed_mps * KMH_PER_MPS > FASTEST_KMH:
        yield TOO_FAST
    entered, left = pair.entry.vehicle_type, pair.exit.vehicle_type
    if left not in MAY_SEEM.get(entered, frozenset({entered, left})):
        yield f"a {entered.replace('_', ' ')} entered and a {left.replace('_', ' ')} left: perhaps two with one plate"
