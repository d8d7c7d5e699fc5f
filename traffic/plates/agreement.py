"""How good readings are, and which of them say the same."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from traffic.datatypes import Float64Array, PlateReading
from traffic.plates.alignment import Evidence
from traffic.plates.symbols import folded

LEAST_CONFIDENCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Vote:
    """One reading and what it says, worked out once.

    Attributes:
        reading: it has a text.
        evidence: of its characters.
        countries: (countries,) the logarithms of what it gives to each.
        confidence, strength: see there.
    """

    reading: PlateReading
    evidence: Evidence
    countries: Float64Array
    confidence: float
    strength: float


def confidence(reading: PlateReading) -> float:
    """Geometric mean of the characters' probabilities; 0 without a text."""
    if not reading.text:
        return 0.0
    logs = [math.log(max(each, LEAST_CONFIDENCE)) for each in reading.probabilities]
    return math.exp(math.fsum(logs) / len(logs))


def strength(reading: PlateReading) -> float:
    """How well a reading was read: its confidence times the quality of what was seen."""
    return confidence(reading) * reading.quality


def best_single_reading(readings: Sequence[PlateReading]) -> PlateReading | None:
    """The strongest reading alone, the first of equals: what a system without a consensus would tell."""
    return max((each for each in readings if each.text), key=strength, default=None)


def strongest_first(votes: Sequence[Vote]) -> list[Vote]:
    """Votes, one at least, in an order that depends on nothing but what they say: the strongest first, after those of
    the length that most speaks for.
    """
    families: dict[int, list[float]] = defaultdict(list)
    for vote in votes:
        families[len(vote.reading.text)].append(vote.strength)
    lengths = {length: math.fsum(each) for length, each in families.items()}
    length = max(lengths, key=lambda each: (lengths[each], each))

    def key(vote: Vote) -> tuple[object, ...]:
        reading = vote.reading
        said = reading.text, reading.probabilities, -reading.quality, reading.country, reading.country_probability
        return len(reading.text) != length, -vote.strength, *said, _exactly(reading), reading.pts_ns

    return sorted(votes, key=key)


def agreeing(text: str, country: str | None, votes: Sequence[Vote]) -> list[Vote]:
    """The votes whose reading says `text`, as a plate of that country is written."""
    return [vote for vote in votes if folded(vote.reading.text, country) == text]


def best_of(text: str, country: str | None, readings: Sequence[tuple[PlateReading, float]]) -> PlateReading:
    """Of readings with their strengths the strongest one that says `text`; where none does, of those with the fewest
    characters in other places.
    """
    same = [each for each in readings if folded(each[0].text, country) == text]
    if same:
        return max(same, key=lambda each: each[1])[0]
    return min(readings, key=lambda each: (_differing(folded(each[0].text, country), text), -each[1]))[0]


def _exactly(reading: PlateReading) -> bytes:
    return b"" if reading.slots is None else reading.slots.tobytes()


def _differing(one: str, other: str) -> int:
    places = sum(a != b for a, b in zip(one, other, strict=False))
    return places + abs(len(one) - len(other))
