"""How good a vehicle classifier is: the figures, as they are written to JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from traffic.classification.classifier import Appearance
from traffic.datatypes import Float32Array
from traffic.evaluation.formats.vehicle_list import LabelledVehicle
from traffic.evaluation.metrics.confusion import ClassShares, Confusion, confusion
from traffic.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class ClassifiedVehicle:
    """A labelled vehicle and what a model says of it."""

    labelled: LabelledVehicle
    appearance: Appearance


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one head says of one vehicle.

    Attributes:
        label: what it is.
        answer: what it is called.
        probability: of the answer.
        label_probability: of what it is.
    """

    label: str
    answer: str
    probability: float
    label_probability: float

    @property
    def is_right(self) -> bool:
        """Whether the answer is the label."""
        return self.label == self.answer


class HeadResult(Settings):
    """Types, or colours."""

    vehicles: int
    """How many have a label for this."""
    accuracy: float | None
    mean_recall: float | None
    """Over the classes that occur: each weighs the same."""
    classes: tuple[ClassShares, ...]
    confusion: Confusion


class ClassifierReport(Settings):
    """What `traffic evaluate classifier` found."""

    report: Literal["classifier"] = "classifier"
    version: Literal[1] = 1
    data: str
    model: str
    sha256: str
    """Of the model's file."""
    vehicles: int
    left_out: int
    """Lines of the list that are not held out from training."""
    type: HeadResult
    colour: HeadResult


def verdict(label: str | None, probabilities: Float32Array, names: Sequence[str]) -> Verdict | None:
    """What a head says of a vehicle; None where the label is not known.

    Args:
        label: one of the names, or None.
        probabilities: (names,).
        names: of the head's columns.
    """
    if label is None:
        return None
    best = int(probabilities.argmax())
    known = float(probabilities[list(names).index(label)])
    return Verdict(label, names[best], float(probabilities[best]), known)


def head_result(verdicts: Sequence[Verdict], names: Sequence[str]) -> HeadResult:
    """The figures of one head over the vehicles that have a label for it."""
    matrix = confusion([each.label for each in verdicts], [each.answer for each in verdicts], names, names)
    return HeadResult(
        vehicles=len(verdicts),
        accuracy=matrix.accuracy,
        mean_recall=matrix.mean_recall,
        classes=matrix.shares(),
        confusion=matrix,
    )
