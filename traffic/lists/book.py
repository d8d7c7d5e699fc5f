"""All lists of the config: kept up to date with their files, and asked about plates."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from traffic.datatypes import ListHit, Plate
from traffic.errors import ConfigError
from traffic.lists.plate_list import Match
from traffic.lists.settings import ListSettings
from traffic.lists.watch import WatchedList

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a list that names a plate."""

    settings: ListSettings
    match: Match

    @property
    def hit(self) -> ListHit:
        """As it goes on record."""
        entry = self.match.entry
        return ListHit(self.settings.name, self.settings.kind, entry.plate, self.match.kind, entry.note)


class ListBook:
    """The lists, asked and refreshed from one thread.

    Args:
        lists: of the config; their files are read here.
        exempt_formats: types of plates that no rule holds for, as "ru 20": country and name of a format.
        on_trouble: told, besides the log, of a changed file that was not taken: the list's name and why.
        clock_s: seconds of a clock that only rises.

    Raises:
        ConfigError: a list cannot be read.
    """

    def __init__(
        self,
        lists: Sequence[ListSettings],
        exempt_formats: Sequence[str] = (),
        on_trouble: Callable[[str, ConfigError], None] = lambda name, error: None,  # noqa: ARG005
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lists = [WatchedList(each, clock_s()) for each in lists]
        self._exempt_formats = frozenset(exempt_formats)
        self._on_trouble = on_trouble
        self._clock_s = clock_s
        self._reloads: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    @property
    def entries(self) -> dict[str, int]:
        """List to the number of its lines now; this and the next two may be asked from any thread."""
        return {each.settings.name: len(each.plates) for each in self._lists}

    @property
    def reloads(self) -> Counter[str]:
        """List to changed files that were taken."""
        return self._reloads.copy()

    @property
    def refused(self) -> Counter[str]:
        """List to changed files that were not."""
        return self._refused.copy()

    def find(self, text: str, moment: datetime) -> tuple[Found, ...]:
        """The lines that name a plate at an aware moment, in the order of the config."""
        return tuple(Found(each.settings, match) for each in self._lists for match in each.find(text, moment))

    def exempt_by(self, rule: str, plate: Plate, found: Sequence[Found]) -> str | None:
        """Why a rule does not hold for a vehicle; None where it does, as for every plate that is not certain.

        Args:
            rule: its name.
            plate: of the vehicle.
            found: what `find` says of it; a line that is but alike exempts nobody.
        """
        if not plate.certain:
            return None
        if f"{plate.country} {plate.format}" in self._exempt_formats:
            return f"plate format {plate.country} {plate.format}"
        named = (each for each in found if each.match.kind != "alike" and each.settings.exempts_from(rule))
        return next((f"list {each.settings.name}" for each in named), None)

    def refresh(self) -> None:
        """Take changed files, if the last look at them was a second ago."""
        for each in self._lists:
            name = each.settings.name
            try:
                if each.refresh(self._clock_s()):
                    self._reloads[name] += 1
                    _log.info("list_reloaded", list=name, entries=len(each.plates))
            except ConfigError as error:
                self._refused[name] += 1
                _log.error("list_not_taken", list=name, detail=str(error), entries_kept=len(each.plates))
                self._on_trouble(name, error)
