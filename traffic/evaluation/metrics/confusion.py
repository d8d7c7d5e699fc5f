"""Confusion matrices and what is read from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from traffic.settings import Settings

Count = Annotated[int, Field(ge=0)]


class ClassShares(Settings):
    """Of one class: how often what is called so is so, and how often what is so is called so."""

    name: str
    labelled: Count
    called: Count
    precision: float | None
    """None where nothing was called so."""
    recall: float | None
    """None where nothing is so."""


class Confusion(Settings):
    """How often each label was called what: a row a label, a column an answer."""

    labels: tuple[str, ...]
    answers: tuple[str, ...]
    counts: tuple[tuple[Count, ...], ...]

    @model_validator(mode="after")
    def _shape(self) -> Confusion:
        if len(self.counts) != len(self.labels) or any(len(row) != len(self.answers) for row in self.counts):
            raise ValueError(f"counts: expected {len(self.labels)} rows of {len(self.answers)}")
        return self

    @property
    def total(self) -> int:
        """How many were labelled."""
        return sum(sum(row) for row in self.counts)

    @property
    def accuracy(self) -> float | None:
        """The share that was called what it is; None of nothing."""
        right = sum(self._right(name) for name in self.labels)
        return right / self.total if self.total else None

    @property
    def mean_recall(self) -> float | None:
        """The mean of the classes' recalls, so that a rare class weighs as much as a frequent one."""
        recalls = [each.recall for each in self.shares() if each.recall is not None]
        return float(np.mean(recalls)) if recalls else None

    def shares(self) -> tuple[ClassShares, ...]:
        """Precision and recall of each label."""
        return tuple(self._shares(name) for name in self.labels)

    def _shares(self, name: str) -> ClassShares:
        labelled, called, right = sum(self.counts[self.labels.index(name)]), self._called(name), self._right(name)
        return ClassShares(
            name=name,
            labelled=labelled,
            called=called,
            precision=right / called if called else None,
            recall=right / labelled if labelled else None,
        )

    def _called(self, name: str) -> int:
        return sum(row[self.answers.index(name)] for row in self.counts) if name in self.answers else 0

    def _right(self, name: str) -> int:
        return self.counts[self.labels.index(name)][self.answers.index(name)] if name in self.answers else 0


def confusion(
    labels: Sequence[str], answers: Sequence[str], label_names: Sequence[str], answer_names: Sequence[str]
) -> Confusion:
    """Count labels against answers.

    Args:
        labels, answers: n of each.
        label_names, answer_names: all that occur, in the order of rows and columns.
    """
    counts = np.zeros((len(label_names), len(answer_names)), np.int64)
    for label, answer in zip(labels, answers, strict=True):
        counts[list(label_names).index(label), list(answer_names).index(answer)] += 1
    rows = tuple(tuple(row) for row in counts.tolist())
    return Confusion(labels=tuple(label_names), answers=tuple(answer_names), counts=rows)
