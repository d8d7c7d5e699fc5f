"""The texts that a confusion network may spell, kept to the formats of plates by a beam search over grammar states.

A state is the text so far and the set of formats that it may still become, one bit a format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from traffic.datatypes import Float64Array
from traffic.plates.formats import PlateFormat
from traffic.plates.symbols import ALPHABET, LOOK_ALIKES, NOTHING, SYMBOLS, column, fold

WIDTH = 10
"""Texts that are followed at a time, of each variant of the alphabet."""
SHORTEST, LONGEST = 4, 12
"""Characters of a text without a format."""
FURTHEST = 64
"""Positions of a network at most."""
BEHIND = 9.0
"""Symbols and texts that are less likely than the best one by more than this (a difference of logarithms) are not
followed: no format makes up for it.
"""

CHOICES = 3
"""Digits, and letters, that are followed at one position."""

DIGITS = 10
"""The last column of a digit."""
Choice = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Spelling:
    """One text that a network may spell.

    Attributes:
        text: canonical.
        score: the sum of its symbols' weighted logarithms.
        formats: those it fits, without a look at what they say of its regions; empty for a text of no known one.
    """

    text: str
    score: float
    formats: tuple[PlateFormat, ...]


@dataclass(frozen=True, slots=True)
class _State:
    score: float
    text: str
    variant: int
    alive: int


class Grammar:
    """The formats of plates, and perhaps any other text.

    Args:
        formats: in the order of preference.
        only_known: texts that fit none of them are never spelt.
    """

    def __init__(self, formats: Sequence[PlateFormat], *, only_known: bool = False) -> None:
        self.formats = tuple(formats)
        own = [country for country in LOOK_ALIKES if any(each.country == country for each in formats)]
        self._variants = ("", *own)
        self.folds: Float64Array = np.stack([fold(ALPHABET, each).astype(np.float64) for each in self._variants])
        self._free = 0 if only_known else 1 << len(self.formats)
        self._accepting = [self._accepted(variant) for variant in self._variants]
        self._first = [
            _State(0.0, "", variant, self._alive_at_first(variant)) for variant in range(len(self._variants))
        ]
        self._whole = [self._of_length(length) for length in range(LONGEST + 1)]
        self._reachable = [[self._of_lengths(short, long) for long in range(FURTHEST)] for short in range(LONGEST + 2)]

    def spellings(self, logs: Float64Array) -> list[Spelling]:
        """The likeliest texts of a network (variants of `folds`, n, SYMBOLS), the same text at most once a variant."""
        behind = BEHIND if self._free else np.inf
        states = self._first
        for left, choices in zip(reversed(range(logs.shape[1])), _choices(logs, behind), strict=True):
            reached: dict[tuple[int, str], _State] = {}
            for state in states:
                self._extend(state, choices[state.variant], left, reached)
            states = _kept(reached.values(), behind)
        return [spelling for state in states for spelling in self._ended(state)]

    def _extend(self, state: _State, choices: list[Choice], left: int, reached: dict[tuple[int, str], _State]) -> None:
        """Go on with each choice that leaves a format which can be completed in the positions that are left."""
        length = len(state.text)
        accepting = self._accepting[state.variant][length]
        if_skipped, if_written = self._reachable[length][length + left], self._reachable[length + 1][length + 1 + left]
        for symbol, log in choices:
            alive = state.alive & (if_skipped if symbol == NOTHING else accepting[symbol] & if_written)
            if not alive:
                continue
            text = state.text if symbol == NOTHING else state.text + ALPHABET[symbol - 1]
            known = reached.get((state.variant, text))
            if known is None or known.score < state.score + log:
                reached[state.variant, text] = _State(state.score + log, text, state.variant, alive)

    def _ended(self, state: _State) -> list[Spelling]:
        alive = state.alive & self._whole[len(state.text)]
        known = tuple(each for bit, each in enumerate(self.formats) if alive >> bit & 1)
        ended = [Spelling(state.text, state.score, known)] if known else []
        if alive & self._free:
            ended.append(Spelling(state.text, state.score, ()))
        return ended

    def _alive_at_first(self, variant: int) -> int:
        country = self._variants[variant]
        alive = sum(1 << bit for bit, each in enumerate(self.formats) if self._variant_of(each) == country)
        return alive if country else alive | self._free

    def _variant_of(self, plate_format: PlateFormat) -> str:
        return plate_format.country if plate_format.country in self._variants else ""

    def _accepted(self, variant: str) -> list[list[int]]:
        """[position][symbol]: the formats that accept it there, one bit each."""
        table = [[self._free if not variant else 0] * SYMBOLS for _ in range(LONGEST)] + [[0] * SYMBOLS]
        for bit, each in enumerate(self.formats):
            for position, characters in enumerate(each.pattern if self._variant_of(each) == variant else ()):
                for character in characters:
                    table[position][column(character)] |= 1 << bit
        return table

    def _of_length(self, length: int) -> int:
        return self._of_lengths(length, length)

    def _of_lengths(self, shortest: int, longest: int) -> int:
        lengths = [len(each.pattern) for each in self.formats]
        free = self._free if shortest <= LONGEST and longest >= SHORTEST else 0
        return free | sum(1 << bit for bit, length in enumerate(lengths) if shortest <= length <= longest)


def _likeliest(state: _State) -> tuple[int, float, str]:
    return state.variant, -state.score, state.text


def _variant(state: _State) -> int:
    return state.variant


def _kept(states: Iterable[_State], behind: float) -> list[_State]:
    """The likeliest of each variant; the variants have no common measure, for what one folds together counts twice."""
    kept: list[_State] = []
    for _, same in groupby(sorted(states, key=_likeliest), key=_variant):
        first, *others = islice(same, WIDTH)
        kept += [first, *(each for each in others if each.score >= first.score - behind)]
    return kept


def _choices(logs: Float64Array, behind: float) -> list[list[list[Choice]]]:
    """[position][variant]: the symbols worth following there, with their logarithms.

    A known format may need what looks impossible; where only such are wanted (`behind` is infinite) there is always the
    best digit, the best letter, and nothing.
    """
    worth = np.argsort(-logs, axis=2, kind="stable")
    least = (logs.max(axis=2) - min(behind, BEHIND)).tolist()
    needed = 1 if behind > BEHIND else 0
    return [
        [
            _chosen(logs[variant, position], worth[variant, position].tolist(), least[variant][position], needed)
            for variant in range(logs.shape[0])
        ]
        for position in range(logs.shape[1])
    ]


def _chosen(logs: Float64Array, falling: list[int], least: float, needed: int) -> list[Choice]:
    chosen, values = [], logs.tolist()
    taken = [0, 0, 0]  # nothing, digits, letters
    for symbol in falling:
        kind = (symbol > NOTHING) + (symbol > DIGITS)
        if taken[kind] < (CHOICES if values[symbol] >= least else needed):
            taken[kind] += 1
            chosen.append((symbol, values[symbol]))
        elif min(taken) >= needed and values[symbol] < least:
            break
    return chosen
