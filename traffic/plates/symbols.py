"""The symbols of plates as columns of an array: "nothing" first, then the alphabet."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from traffic.datatypes import Float32Array, Float64Array, PlateReading

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SYMBOLS = len(ALPHABET) + 1
NOTHING = 0
"""The column of "no character here"; character i of the alphabet has column i + 1."""

LOOK_ALIKES = MappingProxyType(
    {
        "ru": MappingProxyType({"Q": "O", "U": "O", "G": "C", "F": "E", "N": "H", "W": "M", "V": "Y", "R": "P"}),
        "by": MappingProxyType(
            {"Q": "O", "D": "O", "U": "O", "G": "C", "F": "E", "N": "H", "W": "M", "Y": "X", "R": "P"}
        ),
    }
)
"""Letters that a country does not use, and the one of its own that looks most like each."""

_TABLES = MappingProxyType({country: str.maketrans(dict(alike)) for country, alike in LOOK_ALIKES.items()})
_EMPTY_SLOT = 0.9


def column(character: str) -> int:
    """The column of a character of the alphabet."""
    return ALPHABET.index(character) + 1


def fold(alphabet: str, country: str) -> Float32Array:
    """(symbols, symbols): moves the probability of letters that a country does not use to their look-alikes.

    Args:
        alphabet: the characters of columns 1 and up.
        country: the identity where nothing is known of it.
    """
    moved = np.eye(len(alphabet) + 1, dtype=np.float32)
    for foreign, own in LOOK_ALIKES.get(country, {}).items():
        if foreign in alphabet and own in alphabet:
            row = alphabet.index(foreign) + 1
            moved[row] = 0
            moved[row, alphabet.index(own) + 1] = 1
    return moved


def folded(text: str, country: str | None) -> str:
    """A text with the letters that a country does not use written as their look-alikes."""
    table = _TABLES.get(country or "")
    return text if table is None else text.translate(table)


def in_alphabet(slots: Float32Array, alphabet: str) -> Float32Array:
    """A reader's answer (slots, 1 + its alphabet) in our columns; characters that we do not know count as nothing."""
    if alphabet == ALPHABET:
        return slots
    ours = np.zeros((len(slots), SYMBOLS), np.float32)
    ours[:, NOTHING] = slots[:, NOTHING]
    for theirs, character in enumerate(alphabet, start=1):
        ours[:, column(character) if character in ALPHABET else NOTHING] += slots[:, theirs]
    return ours


def written_slots(reading: PlateReading) -> Float64Array:
    """(m, SYMBOLS): the distributions of the slots in which something may be written, each with the sum 1.

    Where only the text is known, what its characters leave is spread over all symbols.
    """
    if reading.slots is None:
        left = (1 - np.array(reading.probabilities, np.float64)) / (SYMBOLS - 1)
        slots: Float64Array = np.repeat(left[:, None], SYMBOLS, axis=1)
        for row, (character, probability) in enumerate(zip(reading.text, reading.probabilities, strict=True)):
            slots[row, column(character)] = probability
        return slots
    whole = reading.slots.astype(np.float64)
    kept = whole[whole[:, NOTHING] < _EMPTY_SLOT]
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), np.float64)
