"""The judge stage with lists: hits are noted, and the violations of exempt vehicles are dropped before the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from traffic.datatypes import Case
from traffic.lists.book import ListBook


class CaseJudge(Protocol):
    """Holds passages against the rules of their camera."""

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """The same cases with their violations."""
        ...


class ListDesk:
    """A judge that asks another one for violations and then looks into the lists.

    Every list that names the plate gives a hit. An allow list that exempts, and a type of plate that does, takes
    violations away where the plate is certain and stands there itself or by a pattern, never where it is but alike.
    The files are looked at once a second, between two batches of cases.

    Args:
        judge: finds the violations.
        book: the lists.
    """

    def __init__(self, judge: CaseJudge, book: ListBook) -> None:
        self._judge = judge
        self._book = book
        self._hits: Counter[tuple[str, str]] = Counter()
        self._exempted: Counter[tuple[str, str]] = Counter()

    @property
    def hits(self) -> Counter[tuple[str, str]]:
        """List and "exact", "pattern" or "alike" to hits so far; this and the next may be asked from any thread."""
        return self._hits.copy()

    @property
    def exempted(self) -> Counter[tuple[str, str]]:
        """Rule and reason to violations that were dropped so far."""
        return self._exempted.copy()

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """The same cases with their violations, hits and exemptions."""
        self._book.refresh()
        return self.apply(self._judge.judge(cases))

    def apply(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """Judged cases with their hits, less the violations of exempt vehicles."""
        return tuple(self._apply(case) for case in cases)

    def _apply(self, case: Case) -> Case:
        plate = case.passage.plate
        if plate is None:
            return case
        found = self._book.find(plate.text, case.passage.ended_at)
        self._hits.update((each.settings.name, each.match.kind) for each in found)
        reasons = [self._book.exempt_by(violation.rule, plate, found) for violation in case.violations]
        kept = tuple(each for each, reason in zip(case.violations, reasons, strict=True) if reason is None)
        self._exempted.update((each.rule, why) for each, why in zip(case.violations, reasons, strict=True) if why)
        exempt_by = next((reason for reason in reasons if reason), case.exempt_by)
        hits = tuple(each.hit for each in found)
        return replace(case, violations=kept, hits=case.hits + hits, exempt_by=exempt_by)
