"""Finds a plate on a list, whatever the list's length."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from traffic.lists.file import ListEntry
from traffic.lists.settings import ListKind
from traffic.plates.confusions import alike, skeleton

MatchKind = Literal["exact", "pattern", "alike"]


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a list that a plate was found by, and how."""

    entry: ListEntry
    kind: MatchKind


class PlateList:
    """A list that is searched: a plate in one look-up, patterns one after the other once any of them fits.

    Args:
        entries: in the file's order; the first of several that fit is the one that counts.
    """

    def __init__(self, entries: Sequence[ListEntry]) -> None:
        self._exact: dict[str, list[ListEntry]] = defaultdict(list)
        self._skeletons: dict[str, list[ListEntry]] = defaultdict(list)
        self._patterns = [(re.compile(_expression(each.plate)), each) for each in entries if each.is_pattern]
        self._any_pattern = re.compile("|".join(f"(?:{compiled.pattern})" for compiled, _ in self._patterns) or r"(?!)")
        for entry in entries:
            if not entry.is_pattern:
                self._exact[entry.plate].append(entry)
                self._skeletons[skeleton(entry.plate)].append(entry)
        self._count = len(entries)

    def __len__(self) -> int:
        return self._count

    def find(self, text: str, moment: datetime) -> Match | None:
        """The line that names this plate at that moment: itself before a pattern.

        Args:
            text: canonical.
            moment: aware.
        """
        for entry in self._exact.get(text, ()):
            if entry.holds(moment):
                return Match(entry, "exact")
        if self._any_pattern.fullmatch(text):
            return next(self._by_pattern(text, moment), None)
        return None

    def find_alike(self, text: str, moment: datetime) -> tuple[Match, ...]:
        """The lines whose plates differ from this one by one character that is mistaken for another."""
        candidates = self._skeletons.get(skeleton(text), ())
        found = {
            entry.plate: Match(entry, "alike")
            for entry in reversed(candidates)
            if entry.holds(moment) and alike(entry.plate, text)
        }
        return tuple(found[plate] for plate in sorted(found))

    def _by_pattern(self, text: str, moment: datetime) -> Iterator[Match]:
        for compiled, entry in self._patterns:
            if entry.holds(moment) and compiled.fullmatch(text):
                yield Match(entry, "pattern")


def matches(plates: PlateList, kind: ListKind, text: str, moment: datetime) -> tuple[Match, ...]:
    """The lines of a list of some kind that name a plate; those that are but alike where a person will look at it.

    A plate that is alike one on an allow list is not allowed, and tells nobody anything.
    """
    match = plates.find(text, moment)
    if match is not None:
        return (match,)
    return () if kind == "allow" else plates.find_alike(text, moment)


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
