"""How well a classifier does on samples that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float32Array, Int64Array, UInt8Array
from traffic.inference.engine import Engine
from traffic.training.classifier.augmentation import plain
from traffic.training.classifier.samples import Sample, class_indices

CHUNK = 64


@dataclass(frozen=True, slots=True, eq=False)
class HeadFigures:
    """One head on one set.

    Attributes:
        names: of the classes.
        confusion: (k, k) int64, row: the truth, column: the answer.
    """

    names: tuple[str, ...]
    confusion: Int64Array

    @property
    def samples(self) -> int:
        """How many were judged."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 where there are no samples."""
        return float(np.trace(self.confusion)) / max(self.samples, 1)

    @property
    def balanced(self) -> float:
        """The mean recall over the classes that occur."""
        recalls = self.recalls()
        return sum(recalls.values()) / max(len(recalls), 1)

    def recalls(self) -> dict[str, float]:
        """The share of right answers for each class that occurs."""
        counts = self.confusion.sum(axis=1)
        return {
            name: float(self.confusion[row, row]) / int(counts[row])
            for row, name in enumerate(self.names)
            if counts[row]
        }


def probabilities(engine: Engine, samples: Sequence[Sample], size: tuple[int, int]) -> Float32Array:
    """(n, types + colours) of samples, cut out as the classifier does, a chunk at a time."""
    images: list[UInt8Array] = [plain(sample, size) for sample in samples]
    chunks = [engine.infer(np.stack(images[first : first + CHUNK])) for first in range(0, len(images), CHUNK)]
    return np.concatenate(chunks)


def judge(
    rows: Float32Array, samples: Sequence[Sample], types: tuple[str, ...], colours: tuple[str, ...]
) -> tuple[HeadFigures, HeadFigures]:
    """The figures of both heads from (n, types + colours) probabilities."""
    true_types = class_indices([sample.type for sample in samples], types)
    true_colours = class_indices([sample.colour for sample in samples], colours)
    return (
        HeadFigures(types, confusion(true_types, rows[:, : len(types)].argmax(axis=1), len(types))),
        HeadFigures(colours, confusion(true_colours, rows[:, len(types) :].argmax(axis=1), len(colours))),
    )


def confusion(truths: Sequence[int], answers: Sequence[int] | Int64Array, classes: int) -> Int64Array:
    """(classes, classes) counts, row: the truth, column: the answer; truths of -1 are left out."""
    counts = np.zeros((classes, classes), np.int64)
    for truth, answer in zip(truths, answers, strict=True):
        if truth >= 0:
            counts[truth, answer] += 1
    return counts
