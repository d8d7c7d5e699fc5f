"""Readings as a reader would give them, with its whole answer."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import PlateReading
from traffic.plates.symbols import ALPHABET, SYMBOLS, column

SLOTS = 10


def seen(
    text: str,
    probability: float = 0.9,
    *,
    instead: str | None = None,
    country: str = "ru",
    country_probability: float = 0.9,
    quality: float = 0.8,
    pts_ns: int = 0,
) -> PlateReading:
    """A reading of `text`; each character has that probability, the rest goes to the character of `instead` there.

    Args:
        instead: as long as `text`; where it has the same character, the rest is spread over all symbols.
    """
    slots = np.zeros((SLOTS, SYMBOLS), np.float32)
    slots[len(text) :, 0] = 1
    for slot, character in enumerate(text):
        other = instead[slot] if instead else character
        if other == character:
            slots[slot] = (1 - probability) / (SYMBOLS - 1)
        else:
            slots[slot, column(other)] = 1 - probability
        slots[slot, column(character)] = probability
    place = (10.0, 10.0, 90.0, 28.0)
    return PlateReading(
        text, (probability,) * len(text), pts_ns, place, country, country_probability, quality, _frozen(slots)
    )


def blurred(text: str, *, seed: int, certainty: float = 0.6) -> PlateReading:
    """A reading of `text` with some doubt about every character."""
    rng = np.random.default_rng(seed)
    slots = (1 - certainty) * rng.dirichlet(np.full(SYMBOLS, 0.05), SLOTS)
    for slot in range(SLOTS):
        slots[slot, column(text[slot]) if slot < len(text) else 0] += certainty
    best = slots.argmax(axis=1)
    written = np.flatnonzero(best)
    return PlateReading(
        "".join(ALPHABET[best[slot] - 1] for slot in written),
        tuple(float(slots[slot, best[slot]]) for slot in written),
        seed,
        (10.0, 10.0, 90.0, 28.0),
        "ru",
        0.9,
        float(rng.uniform(0.3, 1.0)),
        _frozen(slots.astype(np.float32)),
    )


def _frozen(slots: np.ndarray) -> np.ndarray:
    slots.flags.writeable = False
    return slots
