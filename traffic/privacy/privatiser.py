"""Takes the plates of those who broke no rule out of what goes on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traffic.datatypes import Case, ListHit, Passage, Violation
from traffic.privacy.plate_hash import hasher_of
from traffic.privacy.settings import PrivacySettings


class Privatiser:
    """Comes first in the record stage: of what it takes away, no row, event, log or file is made.

    Args:
        settings: what is kept.

    Raises:
        ConfigError: the hash is wanted, and its key is missing, too short or open to others.
    """

    def __init__(self, settings: PrivacySettings) -> None:
        self._settings = settings
        self._hash_of = hasher_of(settings.key_file) if settings.plates_without_violation == "hash" else None

    def case(self, case: Case) -> Case:
        """A case that may go on record: its passage as `passage` gives it; hits on a plate that is not kept tell the
        list, but neither the plate nor the note."""
        passage = self.passage(case.passage, case.violations, case.hits)
        if passage is case.passage:
            return case
        return replace(case, passage=passage, hits=tuple(self._veiled(hit) for hit in case.hits))

    def passage(self, passage: Passage, violations: Sequence[Violation], hits: Sequence[ListHit]) -> Passage:
        """The same passage where its plate may be kept, else one with the plate's hash, or without either."""
        kept = self._settings.plates_without_violation == "keep" or bool(violations)
        if passage.plate is None or kept or any(self._keeps(hit) for hit in hits):
            return passage
        certain = None if self._hash_of is None else passage.plate.certain
        return replace(passage, plate=None, plate_hash=self._hash(passage.plate.text), plate_certain=certain)

    def _keeps(self, hit: ListHit) -> bool:
        sure = hit.match != "alike" or self._settings.keep_alike_plates
        return sure and hit.kind in self._settings.keep_plates_on

    def _hash(self, text: str) -> str | None:
        return None if self._hash_of is None else self._hash_of(text)

    def _veiled(self, hit: ListHit) -> ListHit:
        """Rows of one passage and list differ by their entry: it stays one, as a hash, or becomes nothing."""
        return replace(hit, entry=self._hash(hit.entry) or "", note="")
