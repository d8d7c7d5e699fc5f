"""What the consensus of plates was fitted to: how readings count, and how probable its result is.

The figures lie in a file beside the models, written by `python -m traffic.training.plate_consensus.fit`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from traffic.errors import ModelError
from traffic.inference.model_card import Figure
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]

LARGEST_LOG_ODDS = 12.0
"""Beyond this a raw probability tells nothing more."""


class Weights(Settings):
    """How evidence adds up; every figure is in natural logarithms where nothing else is said."""

    temper: float = Field(default=0.6, gt=0, le=1)
    """Readings of one vehicle are not independent: the product of their probabilities is raised to this power."""
    dominance: NotNegative = 3.0
    """A reading counts as its strength (the quality of its crop times its confidence) over that of the strongest one,
    to this power,"""
    confidence_power: NotNegative = 0.0
    """times its confidence (the geometric mean of its characters' probabilities) to this power."""
    country_temper: NotNegative = 0.5
    """The same as `temper`, of what the reader says of the country."""
    format_temper: NotNegative = 0.0
    """How much a format that allows fewer texts is preferred: this times the logarithm of how many it allows."""
    not_issued: NotNegative = 6.0
    """Against a text that has the characters of a format, but no region code that exists."""
    any_text: NotNegative = 1.0
    """Against a format that says hardly more than that the text has letters and digits."""
    no_format: NotNegative = 4.0
    """Against a text of no known format."""


class Calibration(Settings):
    """From features of a consensus to the probability that its text is right, a logistic regression: Platt's scaling
    with more than one feature (Platt, "Probabilistic outputs for support vector machines", 1999).
    """

    bias: float = 0.0
    log_odds: float = 1.0
    """Times the log odds of the text's share among all that were weighed."""
    confidence: float = 0.0
    """Times the log odds of the surest of those readings."""
    no_format: float = 0.0
    """Added where the text has no known format."""
    contested: float = Field(default=1.75, gt=0)
    """Where at least two readings agree on another text, the log odds are at most this times the logarithm of the
    strength for the text over the strength for the other, and 0 where the other has more of it: a tie is a tie, however
    sure the reader is of both."""
    alternatives: Share = 0.8
    """Where the text is wrong, one of its alternatives is right with this probability."""


class ConsensusCard(Settings):
    """The fitted figures, and where they come from."""

    name: str = "plate-consensus"
    reader_sha256: str = ""
    """Of the plate reader's model whose readings these figures were fitted to."""
    weights: Weights = Weights()
    calibration: Calibration = Calibration()
    figures: tuple[Figure, ...] = ()
    """Measured on passages that nothing was fitted to."""
    command: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability of a consensus is told by.

    Attributes:
        share: the text's share among all that were weighed, 0..1.
        agreeing: readings that say the same.
        support: the sum of their strengths.
        rival: the same, of the other text that has the most of it among those that at least two readings agree on.
        everything: the same, of all readings.
        confidence: of the surest that say the same, the geometric mean of its characters' probabilities, 0..1.
        quality: the sum of those readings' qualities.
        no_format: 1 where the text has no known format, else 0.
    """

    share: float
    agreeing: int
    support: float
    rival: float
    everything: float
    confidence: float
    quality: float
    no_format: int

    def row(self) -> tuple[float, ...]:
        """As Calibration weighs them, in the order of its fields."""
        return (
            1.0,
            log_odds(self.share),
            log_odds(self.confidence) if self.agreeing else 0.0,
            float(self.no_format),
        )


def probability(features: Features, calibration: Calibration) -> float:
    """That the text of a consensus is right."""
    c = calibration
    coefficients = (c.bias, c.log_odds, c.confidence, c.no_format)
    odds = sum(each * value for each, value in zip(coefficients, features.row(), strict=True))
    if features.rival:
        odds = min(odds, max(c.contested * log_odds(features.support / (features.support + features.rival)), 0.0))
    return 1 / (1 + math.exp(-min(max(odds, -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS)))


def log_odds(share: float) -> float:
    """log(p / (1 - p)), within LARGEST_LOG_ODDS."""
    least = math.exp(-LARGEST_LOG_ODDS)
    kept = min(max(share, least), 1 - least)
    return math.log(kept / (1 - kept))


def load_consensus_card(path: Path) -> ConsensusCard:
    """Read the fitted figures.

    Raises:
        ModelError: the file is missing, or says something else.
    """
    try:
        return ConsensusCard.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise ModelError(
            f"expected the figures of the plate consensus at {path}, but: {error}",
            remedy="put it back as released (`git checkout -- engines/`), or leave plates.consensus out of config.yaml",
        ) from error
