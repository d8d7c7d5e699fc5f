"""The consensus as it is measured: with the figures that ship, or as it is before it is fitted to anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from traffic.evaluation.passages_judged import Consensus
from traffic.plates.calibration import load_consensus_card
from traffic.plates.consensus import PlateConsensus
from traffic.plates.formats import formats_of


def open_consensus(card: Path | None, countries: Sequence[str], certain_probability: float) -> Consensus:
    """The consensus for the plates of some countries.

    Args:
        card: its fitted figures; without one nothing was fitted.
        countries: whose plates are expected, the most likely first.
        certain_probability: from this on a plate that two readings agree on is certain.

    Raises:
        ConfigError: an unknown country.
        ModelError: the card is missing or damaged.
    """
    figures = load_consensus_card(card) if card is not None else None
    return PlateConsensus(formats_of(countries), figures, certain_probability=certain_probability).plate
