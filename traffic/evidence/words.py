"""What the data bar of an evidence picture says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from traffic.datatypes import Case, Fact, Violation
from traffic.plates.display import display_text

KMH_PER_MPS = 3.6
DISCLAIMER = "Evidence for review. Not the reading of an approved measuring instrument: a person decides."


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a data bar.

    Attributes:
        title: the rule.
        figures: the speed and the limit, or nothing.
        rows: (label, text) in reading order.
        footer: the small print.
    """

    title: str
    figures: str
    rows: tuple[tuple[str, str], ...]
    footer: str


def describe(case: Case, violation: Violation) -> Words:
    """What there is to say about a violation."""
    facts = {fact.name: fact for fact in violation.facts}
    rows = [
        ("Camera", violation.camera_id),
        ("Moment", _time(violation.occurred_at)),
        ("Picture", _time(case.shot.frame.captured_at)),
        ("Vehicle", _vehicle(case)),
        ("Plate", _plate(case)),
        ("Facts", ", ".join(_in_words(fact) for fact in violation.facts)),
        ("Violation", violation.violation_id),
    ]
    return Words(_plain(violation.rule).capitalize(), _figures(facts), tuple(rows), DISCLAIMER)


def _figures(facts: dict[str, Fact]) -> str:
    if "speed" not in facts or "limit" not in facts:
        return ""
    return f"{facts['speed'].value * KMH_PER_MPS:.0f} km/h, limit {facts['limit'].value * KMH_PER_MPS:.0f} km/h"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC"


def _vehicle(case: Case) -> str:
    colour = f"{case.passage.colour} " if case.passage.colour else ""
    return f"{colour}{case.passage.vehicle_type} ({case.passage.vehicle_type_share:.0%})"


def _plate(case: Case) -> str:
    plate = case.passage.plate
    if plate is None:
        return "not read"
    text, plural = display_text(plate.text, plate.country, plate.format), "" if plate.readings == 1 else "s"
    return f"{text} ({plate.probability:.0%}, {plate.readings} reading{plural})"


def _in_words(fact: Fact) -> str:
    if fact.unit == "m/s":
        return f"{_plain(fact.name)} {fact.value * KMH_PER_MPS:.1f} km/h"
    if fact.value.is_integer() and fact.unit not in ("m", "s"):
        return f"{_plain(fact.name)} {fact.value:.0f} {fact.unit}".rstrip()
    return f"{_plain(fact.name)} {fact.value:.1f} {fact.unit}".rstrip()


def _plain(name: str) -> str:
    return name.replace("_", " ")
