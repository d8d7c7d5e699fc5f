"""Readings of one plate laid on top of each other, character by character: a confusion network.

Readings drop characters and invent others, so positions are found by aligning one reading after another with what the
earlier ones agree on, as ROVER does with the words of several speech recognizers (Fiscus, "A post-processing system to
yield reduced word error rates", ASRU 1997). Each has a column "nothing", and a reader's whole distribution is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array
from traffic.plates.symbols import NOTHING, SYMBOLS

SMOOTHING = 0.02
"""This share of a reader's certainty is spread over all symbols: no reading alone can forbid a character."""
MATCH_FLOOR = 0.01
GAP_FLOOR = 0.03
"""Two different characters cost -log of the first; one against nothing costs -log of the second."""
GAP = 0.05
"""Where a reading shows no position at all, there is a character all the same with this probability."""
ALIKE_POSITIONS = 2
"""Readings of the same length that differ in no more positions than this are not aligned: they lie as they are."""

_GAP_ROW = np.full((1, SYMBOLS), GAP / (SYMBOLS - 1))
_GAP_ROW[0, NOTHING] = 1 - GAP
_GAP_ROW.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one reading says.

    Attributes:
        slots: (m, SYMBOLS), each row with the sum 1.
        logs: (variants, m + 1, SYMBOLS), logarithms of the same as each variant of the alphabet sees it; the last row
            for a position that the reading does not show.
    """

    slots: Float64Array
    logs: Float64Array


def evidence(slots: Float64Array, folds: Float64Array) -> Evidence:
    """What a reading with these slots (m, SYMBOLS) says.

    Args:
        folds: (variants, SYMBOLS, SYMBOLS), see symbols.fold.
    """
    seen = np.concatenate([slots, _GAP_ROW]) @ folds
    return Evidence(slots, np.log((1 - SMOOTHING) * seen + SMOOTHING / SYMBOLS))


def network(evidences: Sequence[Evidence], weights: Sequence[float]) -> Float64Array:
    """(variants, n, SYMBOLS): for each of n positions, the sum of the readings' weighted logarithms.

    Args:
        evidences: one at least, the first being the one that the others are aligned with; their order matters where
            several show characters that the first one has not.
        weights: how much each of them counts, above 0.
    """
    first, gap = evidences[0], evidences[0].logs[:, -1:]
    alike = [_lies_alike(first, each) for each in evidences]
    lying = [(each, weight) for each, weight, lies in zip(evidences, weights, alike, strict=True) if lies]
    mix = sum((weight * each.slots for each, weight in lying), np.zeros_like(first.slots))
    logs = sum((weight * each.logs[:, :-1] for each, weight in lying), np.zeros_like(first.logs[:, :-1]))
    total = sum(weight for _, weight in lying)
    paths: dict[tuple[bytes, int], tuple[list[int], list[int]]] = {}
    for each, weight, lies in zip(evidences, weights, alike, strict=True):
        if lies:
            continue
        what = each.slots.argmax(axis=1).tobytes(), len(mix)
        ours, theirs = paths[what] = paths.get(what) or _path(mix / total, each.slots)
        mix = np.concatenate([mix, total * _GAP_ROW])[ours]
        mix += weight * np.concatenate([each.slots, _GAP_ROW])[theirs]
        logs = np.concatenate([logs, total * gap], axis=1)[:, ours] + weight * each.logs[:, theirs]
        total += weight
    return logs


def _lies_alike(one: Evidence, other: Evidence) -> bool:
    if len(one.slots) != len(other.slots):
        return False
    differing = one.slots.argmax(axis=1) != other.slots.argmax(axis=1)
    return int(differing.sum()) <= ALIKE_POSITIONS


def _path(columns: Float64Array, slots: Float64Array) -> tuple[list[int], list[int]]:
    """The cheapest alignment of (n, SYMBOLS) with (m, SYMBOLS) (Needleman and Wunsch 1970): for each position of the
    result the row of either, -1 for none.
    """
    match = (-np.log(columns @ slots.T + MATCH_FLOOR)).tolist()
    skip = (-np.log(columns[:, NOTHING] + GAP_FLOOR)).tolist()
    extra = (-np.log(slots[:, NOTHING] + GAP_FLOOR)).tolist()
    costs = [[0.0]]
    for cost in extra:
        costs[0].append(costs[0][-1] + cost)
    for matches, skipped in zip(match, skip, strict=True):
        above = costs[-1]
        last = above[0] + skipped
        here = [last]
        for j, cost in enumerate(matches):
            last = min(above[j] + cost, above[j + 1] + skipped, last + extra[j])
            here.append(last)
        costs.append(here)
    return _traced(costs, match, skip)


def _traced(costs: list[list[float]], match: list[list[float]], skip: list[float]) -> tuple[list[int], list[int]]:
    i, j = len(costs) - 1, len(costs[0]) - 1
    ours, theirs = [], []
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + match[i - 1][j - 1]:
            i, j = i - 1, j - 1
            ours.append(i)
            theirs.append(j)
        elif i and costs[i][j] == costs[i - 1][j] + skip[i - 1]:
            i -= 1
            ours.append(i)
            theirs.append(-1)
        else:
            j -= 1
            ours.append(-1)
            theirs.append(j)
    return ours[::-1], theirs[::-1]
