"""Passages of many vehicles: some fast, some slow, some misread, some that turn round."""

from __future__ import annotations

import random

from tests.sections.samples import ENTRY, EXIT, passed
from traffic.sections.passage import SectionPassage


def busy_day(vehicles: int, *, every_s: float = 30.0) -> list[SectionPassage]:
    """The same for the same arguments."""
    chance = random.Random(5)
    seen = []
    for number in range(vehicles):
        plate, start = f"{'ABEK'[number % 4]}{number % 900 + 100}MH77", every_s * number
        took = chance.choice([90, 100, 130, 150])
        seen += [passed(ENTRY, start, plate, certain=chance.random() < 0.9)]
        if chance.random() < 0.9:
            seen += [passed(EXIT, start + took, plate if chance.random() < 0.8 else plate.replace("M", "H", 1))]
        if chance.random() < 0.2:
            seen += [passed(ENTRY, start + 50, plate)]
    return seen
