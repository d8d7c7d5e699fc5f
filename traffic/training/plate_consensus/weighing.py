"""How readings count: the weights under which true plates get the largest share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np

from traffic.plates.calibration import ConsensusCard, Weights
from traffic.plates.consensus import PlateConsensus
from traffic.plates.formats import COUNTRIES, formats_of
from traffic.plates.recorded import KnownPassage

LEAST_SHARE = 1e-4
"""What a true plate that was not even weighed is taken to have had."""
GRID = MappingProxyType(
    {
        "temper": (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
        "dominance": (0.0, 1.0, 2.0, 3.0, 4.0, 6.0),
        "confidence_power": (0.0, 1.0, 2.0, 3.0),
        "country_temper": (0.05, 0.15, 0.3, 0.5),
        "format_temper": (0.0, 0.05, 0.1, 0.2, 0.3),
        "any_text": (0.0, 1.0, 2.0, 3.0),
        "no_format": (2.0, 4.0, 6.0),
        "not_issued": (2.0, 4.0, 6.0),
    }
)
"""The values that are tried for each weight."""


def consensus_with(card: ConsensusCard) -> PlateConsensus:
    """For the plates of all countries."""
    return PlateConsensus(formats_of(COUNTRIES), card)


def mean_log_share(passages: Sequence[KnownPassage], weights: Weights) -> float:
    """The mean logarithm of the true plates' shares: the likelihood that is made as large as can be."""
    consensus = consensus_with(ConsensusCard(weights=weights))
    return float(np.mean([math.log(max(_true_share(consensus, each), LEAST_SHARE)) for each in passages]))


def fitted_weights(
    passages: Sequence[KnownPassage], start: Weights, rounds: int, told: Callable[[str], None] = lambda _: None
) -> Weights:
    """The best weights of GRID, one after the other, from `start` on: a coordinate ascent.

    Args:
        passages: to fit to; those without a reading tell nothing.
        rounds: through all weights, at most; it ends when a round changes none.
        told: hears of every weight that was chosen.
    """
    read = [each for each in passages if each.readings]
    best, value = start, mean_log_share(read, start)
    for _ in range(rounds):
        before = best
        for name, values in GRID.items():
            tried = {each: mean_log_share(read, best.model_copy(update={name: each})) for each in values}
            chosen = max(tried, key=tried.__getitem__)
            if tried[chosen] > value:
                best, value = best.model_copy(update={name: chosen}), tried[chosen]
            told(f"{name} {getattr(best, name):g}: mean log share {value:.4f}")
        if best == before:
            break
    return best


def _true_share(consensus: PlateConsensus, passage: KnownPassage) -> float:
    weighed = consensus.weigh(passage.readings)
    candidates = weighed[0] if weighed is not None else []
    return next((each.share for each in candidates if each.text == passage.text), 0.0)
