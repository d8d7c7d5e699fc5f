"""Who is exempt from a section's limit: by the lists and types of plates of the config, asked as a transit settles."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from traffic.datatypes import Passage
from traffic.errors import ConfigError
from traffic.lists.book import ListBook
from traffic.lists.file import ListEntry, read_list
from traffic.lists.settings import ListSettings
from traffic.lists.watch import WatchedList
from traffic.sections.plan import EXEMPT

PERHAPS = f"{EXEMPT} perhaps: only the plate's hash is kept"
HashOf = Callable[[str], str]


class Exemptions:
    """Asked and refreshed from one thread.

    Args:
        lists: those that exempt from some rule.
        exempt_formats: as in traffic.lists.book.ListBook.
        hash_of: hashes a plate as the recorders do; None where no key is known.

    Raises:
        ConfigError: a list cannot be read.
    """

    def __init__(self, lists: Sequence[ListSettings], exempt_formats: Sequence[str], hash_of: HashOf | None) -> None:
        self._book = ListBook(lists, exempt_formats)
        self._by_format = bool(exempt_formats)
        self._hashed = [_HashedList(each, hash_of) for each in lists]

    def warning(self, rule: str, passage: Passage, moment: datetime) -> str | None:
        """That a rule does not hold for a vehicle, or that nobody can tell; None where it holds.

        Args:
            rule: its name.
            passage: with a plate that is certain, or its hash.
            moment: of the violation, aware.
        """
        if passage.plate is None:
            return self._of_hash(rule, passage.plate_hash, moment)
        self._book.refresh()
        reason = self._book.exempt_by(rule, passage.plate, self._book.find(passage.plate.text, moment))
        return None if reason is None else f"{EXEMPT} by {reason}"

    def _of_hash(self, rule: str, plate_hash: str | None, moment: datetime) -> str | None:
        asked = [each for each in self._hashed if each.settings.exempts_from(rule)]
        for each in asked:
            each.refresh()
            if each.names(plate_hash, moment):
                return f"{EXEMPT} by list {each.settings.name}"
        return PERHAPS if self._by_format or any(each.may_name(moment) for each in asked) else None


class _HashedList:
    """A list by the hashes of its plates: a pattern has none, nor has anything where no key is known."""

    def __init__(self, settings: ListSettings, hash_of: HashOf | None) -> None:
        self.settings = settings
        self._hash_of = hash_of
        self._watched = WatchedList(settings, time.monotonic())
        self._take(read_list(settings.file))

    def refresh(self) -> None:
        """Takes a changed file; one that is wrong is told of by the book."""
        try:
            if self._watched.refresh(time.monotonic()):
                self._take(read_list(self.settings.file))
        except ConfigError:
            return

    def names(self, plate_hash: str | None, moment: datetime) -> bool:
        """Whether a line that is valid then has this hash."""
        return any(entry.holds(moment) for entry in self._by_hash.get(plate_hash or "", ()))

    def may_name(self, moment: datetime) -> bool:
        """Whether there is a line, valid then, of which no hash tells whether it names a plate."""
        return any(entry.holds(moment) for entry in self._unhashed)

    def _take(self, entries: Sequence[ListEntry]) -> None:
        self._by_hash: defaultdict[str, list[ListEntry]] = defaultdict(list)
        self._unhashed: list[ListEntry] = []
        for entry in entries:
            if entry.is_pattern or self._hash_of is None:
                self._unhashed.append(entry)
            else:
                self._by_hash[self._hash_of(entry.plate)].append(entry)


def exemptions_of(
    lists: Sequence[ListSettings], exempt_formats: Sequence[str], hash_of: HashOf | None
) -> Exemptions | None:
    """Of all lists of the config; None where none of them, and no type of plate, exempts from anything."""
    exempting = [each for each in lists if each.exempts]
    return Exemptions(exempting, exempt_formats, hash_of) if exempting or exempt_formats else None
