"""Entries that wait for an exit whose plate was read with one character otherwise, found without comparing them all.

Two texts differ by at most one character changed, put in or left out only if the texts, or what each leaves when one
character is taken away, have one in common (deletion neighbourhoods: Mor and Fraenkel, "A hash code method for
detecting and correcting spelling errors", Communications of the ACM 25(12), 1982). So every entry lies under these few
keys, and an exit asks for its own.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from traffic.sections.passage import SectionPassage


def one_differs(first: str, second: str) -> bool:
    """Whether one text becomes the other by one character changed, put in or left out."""
    shorter, longer = sorted((first, second), key=len)
    if first == second or len(longer) - len(shorter) > 1:
        return False
    place = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return shorter[place + (len(shorter) == len(longer)) :] == longer[place + 1 :]


class LeftOpen:
    """The entries so far, in the order of their moments, that no exit has taken."""

    def __init__(self) -> None:
        self._by_key: defaultdict[str, list[SectionPassage]] = defaultdict(list)
        self._taken: set[str] = set()

    def enter(self, entry: SectionPassage) -> None:
        """It waits from now on; with a text, and not before those that entered earlier."""
        for key in _keys(entry.plate_text or ""):
            self._by_key[key].append(entry)

    def leave(self, exit_: SectionPassage, oldest: datetime) -> SectionPassage | None:
        """The nearest entry from `oldest` on whose plate differs from the exit's in one character; it waits no more."""
        nearest: SectionPassage | None = None
        for key in _keys(exit_.plate_text or ""):
            found = self._nearest(key, exit_, oldest)
            if found is not None and (nearest is None or found.order > nearest.order):
                nearest = found
        if nearest is not None:
            self._taken.add(nearest.passage_id)
        return nearest

    def _nearest(self, key: str, exit_: SectionPassage, oldest: datetime) -> SectionPassage | None:
        waiting = [each for each in self._by_key.get(key, ()) if self._waits(each, oldest)]
        if key in self._by_key:
            self._by_key[key] = waiting
        fitting = (each for each in reversed(waiting) if one_differs(each.plate_text or "", exit_.plate_text or ""))
        return next(fitting, None)

    def _waits(self, entry: SectionPassage, oldest: datetime) -> bool:
        return entry.moment.at >= oldest and entry.passage_id not in self._taken


def _keys(text: str) -> frozenset[str]:
    return frozenset({text, *(text[:place] + text[place + 1 :] for place in range(len(text)))})
