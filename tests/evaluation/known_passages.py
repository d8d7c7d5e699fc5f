"""Passages written down by hand, for tests."""

from __future__ import annotations

from traffic.datatypes import Plate, PlateAlternative, PlateReading
from traffic.evaluation.passages_reading import HowSeen
from traffic.plates.recorded import KnownPassage

SEEN = HowSeen("night", "away", 80.0, 24.0, 4, "car", "1")


def reading(text: str, sure: float = 0.9, quality: float = 0.5, at: int = 0, height: float = 20.0) -> PlateReading:
    return PlateReading(text, (sure,) * len(text), at, (0.0, 0.0, 80.0, height), "ru", 0.9, quality)


def passage(text: str, *readings: PlateReading, seen: HowSeen = SEEN, name: str = "rendered-1") -> KnownPassage:
    return KnownPassage(name, text, "ru", seen.words(), readings)


def plate(text: str, probability: float = 0.9, *others: str, certain: bool = False) -> Plate:
    left = tuple(PlateAlternative(other, 0.01) for other in others)
    return Plate(text, probability, 2, reading(text), "ru", "1", certain, left)
