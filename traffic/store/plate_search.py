"""Plates in the record as people look for them: exactly, by a pattern, with look-alikes and one wrong character.

What is found is the same on SQLite and PostgreSQL. Look-alikes are found by the plate's skeleton, in which they are
folded: all skeletons that differ by one character at most are a few hundred texts, each one look-up in a B-tree. A
pattern is SQL's LIKE; PostgreSQL answers it by its trigram indexes, SQLite by the B-tree as far as the pattern begins
with no wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Dialect, and_, case, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from traffic.plates.confusions import look_alikes, near_skeletons, skeleton
from traffic.plates.display import canonical_text
from traffic.store.plate_pattern import ESCAPE, has_wildcards, like_pattern
from traffic.store.tables import PassageRow

HashOf = Callable[[str], str]
"""The keyed hash of a canonical text, hexadecimal."""
LONGEST = 16
"""Longer texts are no plates: nothing is alike them."""
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PlateSearch:
    """What to put into a query.

    Attributes:
        condition: which passages.
        rank: 0 for the plate itself, 1 where one look-alike differs, 2 where several do, 3 for one wrong character.
    """

    condition: ColumnElement[bool]
    rank: ColumnElement[int]


def exact_search(typed: str, dialect: Dialect, hash_of: HashOf | None = None) -> PlateSearch:
    """The plate or pattern itself.

    Args:
        typed: in either alphabet, with or without spaces; `*` stands for any characters, `?` for one.
        dialect: of the database.
        hash_of: finds passages of which only the plate's hash is kept; None where there is no key.
    """
    if has_wildcards(typed):
        return PlateSearch(_like(PassageRow.plate_text, typed, dialect), literal(0))
    text = canonical_text(typed)
    condition = PassageRow.plate_text == text
    hashed = PassageRow.plate_hash == hash_of(text) if hash_of else None
    return PlateSearch(condition if hashed is None else or_(condition, hashed), literal(0))


def alike_search(typed: str, dialect: Dialect, hash_of: HashOf | None = None) -> PlateSearch:
    """The plate and those that it may have been mistaken for.

    Without wildcards: any number of look-alikes, and beside them one character changed, left out or put in. With
    wildcards: look-alikes alone. Of hashes the plate's own and those with one look-alike are found.

    Args:
        typed, dialect, hash_of: as in `exact_search`.
    """
    if has_wildcards(typed):
        exact = _like(PassageRow.plate_text, typed, dialect)
        folded = _like(PassageRow.plate_skeleton, skeleton(canonical_text(typed)), dialect)
        return PlateSearch(folded, case((exact, 0), else_=2))
    text = canonical_text(typed)
    if len(text) > LONGEST:
        return exact_search(typed, dialect, hash_of)
    others = sorted(look_alikes(text))
    near = PassageRow.plate_skeleton.in_(sorted(near_skeletons(text)))
    itself, one = [PassageRow.plate_text == text], [PassageRow.plate_text.in_(others)]
    if hash_of is not None:
        itself.append(PassageRow.plate_hash == hash_of(text))
        one.append(PassageRow.plate_hash.in_([hash_of(other) for other in others]))
    return PlateSearch(
        # What is alike by its text has a near skeleton: only hashes are to be named beside it.
        or_(near, *itself[1:], *one[1:]),
        case((or_(*itself), 0), (or_(*one), 1), (PassageRow.plate_skeleton == skeleton(text), 2), else_=3),
    )


def _like(column: InstrumentedAttribute[str | None], typed: str, dialect: Dialect) -> ColumnElement[bool]:
    matches = column.like(like_pattern(typed), escape=ESCAPE)
    beginning = re.split(r"[*?]", canonical_text(typed), maxsplit=1)[0]
    if dialect.name != "sqlite" or not beginning:
        return matches
    # SQLite compares bytes, and its LIKE uses no index.
    return and_(column.between(beginning, beginning + _LAST_CHARACTER), matches)
