"""Passages with known plates beside what one frame says of them and what all frames together say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Plate, PlateReading
from traffic.evaluation.passages_reading import HowSeen
from traffic.evaluation.plate_systems import whole_probability
from traffic.plates.agreement import best_single_reading
from traffic.plates.recorded import KnownPassage

Consensus = Callable[[Sequence[PlateReading]], Plate | None]
TOP = 3
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class JudgedPassage:
    """One passage and the answers to it; each text is empty where nothing is told.

    Attributes:
        passage: with its truth and its readings.
        seen: how it was seen.
        by_quality: the text of the reading whose plate could be seen best.
        by_confidence: the text of the reading of which the reader was surest.
        by_strength: the text of the reading that is best by both, as a system without a consensus would choose it.
        alone: what the consensus makes of that reading alone: what grammar does without other frames.
        plate: the consensus of all readings; None where there is none.
        is_told: whether it is probable enough to be put on record.
    """

    passage: KnownPassage
    seen: HowSeen
    by_quality: str
    by_confidence: str
    by_strength: str
    alone: str
    plate: Plate | None
    is_told: bool

    @property
    def of_any_frame(self) -> float:
        """The share of the frames that are read rightly: what a system gives that looks at any one of them."""
        right = sum(self.is_truth(reading.text) for reading in self.passage.readings)
        return right / max(self.seen.views, 1)

    @property
    def text(self) -> str:
        """Of the consensus."""
        return self.plate.text if self.plate is not None else ""

    @property
    def is_exact(self) -> bool:
        """Whether the consensus is right."""
        return self.is_truth(self.text)

    def is_truth(self, text: str) -> bool:
        """Whether a text is the plate's; a question mark in the truth is a character that no reader here knows."""
        truth = self.passage.text
        return len(text) == len(truth) and all(a in (b, UNKNOWN) for a, b in zip(truth, text, strict=True))

    @property
    def is_certain(self) -> bool:
        """Whether the consensus is called certain."""
        return self.is_told and self.plate is not None and self.plate.certain

    @property
    def is_among_first(self) -> bool:
        """Whether the truth is the consensus or one of its next two alternatives."""
        if self.plate is None:
            return False
        texts = [self.plate.text, *(other.text for other in self.plate.alternatives)]
        return any(self.is_truth(text) for text in texts[:TOP])


def judge(
    passages: Sequence[KnownPassage], consensus: Consensus, minimum_probability: float
) -> tuple[JudgedPassage, ...]:
    """Hold single frames and the consensus against the truth.

    Args:
        passages: known ones.
        consensus: makes a plate of readings.
        minimum_probability: of a plate that is put on record.
    """
    return tuple(_judged(passage, consensus, minimum_probability) for passage in passages)


def best_by_quality(readings: Sequence[PlateReading]) -> PlateReading | None:
    """The reading whose plate could be seen best; of equal ones the larger plate."""
    return max(readings, key=lambda each: (each.quality, each.xyxy[3] - each.xyxy[1]), default=None)


def best_by_confidence(readings: Sequence[PlateReading]) -> PlateReading | None:
    """The reading whose whole text is most probable to the reader."""
    return max(readings, key=lambda each: whole_probability(each.text, each.probabilities), default=None)


def spread(readings: Sequence[PlateReading], count: int) -> tuple[PlateReading, ...]:
    """`count` readings evenly over the passage, the strongest among them; all if there are fewer."""
    if len(readings) <= count:
        return tuple(readings)
    best = readings.index(best_single_reading(readings) or readings[0])
    rows = np.rint(np.linspace(0, len(readings) - 1, count)).astype(int)
    rows[np.abs(rows - best).argmin()] = best
    return tuple(readings[row] for row in rows.tolist())


def _judged(passage: KnownPassage, consensus: Consensus, minimum_probability: float) -> JudgedPassage:
    strongest = best_single_reading(passage.readings)
    alone = consensus([strongest]) if strongest is not None else None
    plate = consensus(passage.readings)
    return JudgedPassage(
        passage=passage,
        seen=HowSeen.of_words(passage.conditions),
        by_quality=_text(best_by_quality(passage.readings)),
        by_confidence=_text(best_by_confidence(passage.readings)),
        by_strength=_text(strongest),
        alone=alone.text if alone is not None else "",
        plate=plate,
        is_told=plate is not None and plate.probability >= minimum_probability,
    )


def _text(reading: PlateReading | None) -> str:
    return reading.text if reading is not None else ""
