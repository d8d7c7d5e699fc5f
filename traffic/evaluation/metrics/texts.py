"""How far a text that was read is from the text that is there, and how far its confidence can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from traffic.settings import Settings


@dataclass(frozen=True, slots=True)
class ReadText:
    """One text beside the truth.

    Attributes:
        truth: what is there, not empty.
        text: what was read, empty where nothing was.
        confidence: 0..1, that of the whole text.
    """

    truth: str
    text: str
    confidence: float

    @property
    def is_exact(self) -> bool:
        """Whether every character is right and none too many."""
        return self.text == self.truth


class RejectPoint(Settings):
    """What becomes of the texts when those with less than a confidence are rejected."""

    confidence: float
    accepted: Annotated[float, Field(ge=0, le=1)]
    """Share of all texts."""
    accuracy: Annotated[float, Field(ge=0, le=1)]
    """Share of the accepted ones that is exact."""


def edit_distance(a: str, b: str) -> int:
    """Levenshtein's: the fewest insertions, deletions and substitutions of a character that turn `a` into `b`.

    V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; by the
    recurrence of Wagner and Fischer, 1974.
    """
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def exact_share(texts: Sequence[ReadText]) -> float | None:
    """The share that is read without any fault; None of nothing."""
    return sum(each.is_exact for each in texts) / len(texts) if texts else None


def character_error_rate(texts: Sequence[ReadText]) -> float | None:
    """Edits needed a true character, over all texts together, one that was not read counts whole; None of nothing."""
    characters = sum(len(each.truth) for each in texts)
    return sum(edit_distance(each.text, each.truth) for each in texts) / characters if characters else None


def reject_curve(texts: Sequence[ReadText]) -> tuple[RejectPoint, ...]:
    """A point for each confidence that occurs among the texts that were read, highest first: rising in `accepted`."""
    read = sorted((each for each in texts if each.text), key=lambda each: -each.confidence)
    exact = np.cumsum([each.is_exact for each in read])
    last = [i for i in range(len(read)) if i + 1 == len(read) or read[i + 1].confidence < read[i].confidence]
    return tuple(
        RejectPoint(confidence=read[i].confidence, accepted=(i + 1) / len(texts), accuracy=float(exact[i] / (i + 1)))
        for i in last
    )


def accepted_at(curve: Sequence[RejectPoint], accuracy: float) -> RejectPoint | None:
    """The point that accepts most with at least this accuracy; None if none does."""
    good = [point for point in curve if point.accuracy >= accuracy]
    return max(good, key=lambda point: point.accepted, default=None)
