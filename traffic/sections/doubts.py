"""What speaks against a pair of passages being one vehicle on one way through the section: what is never fined.

Each doubt is a sentence for the transit's warning. A second entry shortly before, another passage in between, or a
second exit may be the same vehicle lost and found again by the tracker, or on its way back; or another vehicle with a
copy of the plate. Then nothing tells which moments belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import MappingProxyType

from traffic.sections.matching import Pair
from traffic.sections.settings import SectionSettings
from traffic.sections.speed import AverageSpeed

KMH_PER_MPS = 3.6
FASTEST_KMH = 300.0
SAME_VIEW_S = 30.0
"""A plate that is seen at the exit again within this time may never have left it."""

UNCERTAIN_ENTRY = "the plate at the entry is not certain"
UNCERTAIN_EXIT = "the plate at the exit is not certain"
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
    if last != first + 1:
        yield IN_BETWEEN
    longest = timedelta(seconds=section.maximum_duration_s)
    before = seen[first - 1] if first else None
    if before is not None and before.camera_id == section.entry and pair.exit.moment.at - before.moment.at <= longest:
        yield ENTERED_TWICE
    after = seen[last + 1] if last + 1 < len(seen) else None
    same_view = timedelta(seconds=SAME_VIEW_S)
    if after is not None and after.camera_id == section.exit and after.moment.at - pair.exit.moment.at <= same_view:
        yield LEFT_TWICE


def _of_vehicle(pair: Pair, speed: AverageSpeed) -> Iterator[str]:
    if speed.speed_mps * KMH_PER_MPS > FASTEST_KMH:
        yield TOO_FAST
    entered, left = pair.entry.vehicle_type, pair.exit.vehicle_type
    if left not in MAY_SEEM.get(entered, frozenset({entered, left})):
        yield f"a {entered.replace('_', ' ')} entered and a {left.replace('_', ' ')} left: perhaps two with one plate"
