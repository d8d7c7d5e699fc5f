"""One plate from the readings of a passage."""

from __future__ import annotations

import math
from collections import defaultdict

from traffic.datatypes import Plate, PlateReading

MINIMUM_AGREEING = 2


class PlateVotes:
    """Collects the readings of one vehicle.

    Readings of the same length are one candidate family; within it every character position is voted for with the
    reader's probabilities, those of larger plates counting more. The family with the most weight wins.
    """

    def __init__(self) -> None:
        self._readings: list[PlateReading] = []

    def __len__(self) -> int:
        return len(self._readings)

    def add(self, reading: PlateReading) -> None:
        """Count one reading; an empty text counts for nothing."""
        if reading.text:
            self._readings.append(reading)

    def consensus(self) -> Plate | None:
        """The plate that the readings agree on; None before the first one."""
        if not self._readings:
            return None
        family = self._strongest_family()
        text, probability = _vote(family)
        agreeing = [reading for reading in self._readings if reading.text == text]
        best = max(agreeing or family, key=_confidence)
        if len(agreeing) < MINIMUM_AGREEING:
            probability *= 0.5  # one reading alone is never called certain
        return Plate(text, probability, len(agreeing), best)

    def _strongest_family(self) -> list[PlateReading]:
        families: dict[int, list[PlateReading]] = defaultdict(list)
        for reading in self._readings:
            families[len(reading.text)].append(reading)
        return max(families.values(), key=_family_strength)


def strength(reading: PlateReading) -> float:
    """How much a reading counts beside others: its confidence times the plate's height in pixels."""
    return _weight(reading) * _confidence(reading)


def _family_strength(family: list[PlateReading]) -> float:
    return sum(strength(reading) for reading in family)


def _weight(reading: PlateReading) -> float:
    """The plate's height in the frame: twice the pixels of a line are worth two readings."""
    return max(reading.xyxy[3] - reading.xyxy[1], 1.0)


def _confidence(reading: PlateReading) -> float:
    """Geometric mean of the characters' probabilities."""
    return math.exp(sum(math.log(max(p, 1e-9)) for p in reading.probabilities) / len(reading.probabilities))


def _vote(family: list[PlateReading]) -> tuple[str, float]:
    text, probability = "", 1.0
    total = sum(_weight(reading) for reading in family)
    for position in range(len(family[0].text)):
        weights: dict[str, float] = defaultdict(float)
        for reading in family:
            weights[reading.text[position]] += _weight(reading) * reading.probabilities[position]
        best = max(sorted(weights), key=weights.__getitem__)
        text += best
        probability *= weights[best] / total
    return text, probability
