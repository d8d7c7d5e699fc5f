"""How probable a consensus is: a logistic regression on its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from traffic.datatypes import Float64Array
from traffic.plates.calibration import Calibration, ConsensusCard, Features, Weights
from traffic.plates.recorded import KnownPassage
from traffic.training.plate_consensus.weighing import consensus_with

PENALTY = 0.5
"""A coefficient is drawn to what it is by default as strongly as by so many passages."""
COEFFICIENTS = ("bias", "log_odds", "confidence", "no_format")
"""Of Calibration, in the order of Features.row."""
BOUNDS = MappingProxyType(
    {"bias": (None, None), "no_format": (None, 0.0)} | dict.fromkeys(("log_odds", "confidence"), (0.0, None))
)
"""More of what speaks for a text never makes it less probable."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a consensus made of one passage.

    Attributes:
        features: of its text.
        is_right: whether that is the true one.
        is_among_others: whether one of the other texts that were weighed is the true one.
    """

    features: Features
    is_right: bool
    is_among_others: bool


def outcomes(passages: Sequence[KnownPassage], weights: Weights) -> list[Outcome]:
    """Of the passages in which a plate is told."""
    consensus = consensus_with(ConsensusCard(weights=weights))
    found = []
    for passage in passages:
        weighed = consensus.weigh(passage.readings)
        if weighed is not None:
            (first, *others), features = weighed
            found.append(
                Outcome(features, first.text == passage.text, any(each.text == passage.text for each in others))
            )
    return found


def fitted_calibration(seen: Sequence[Outcome]) -> Calibration:
    """The coefficients of the largest likelihood within BOUNDS, and PENALTY on their distance from the default ones."""
    rows = np.array([each.features.row() for each in seen], np.float64).reshape(-1, len(COEFFICIENTS))
    right = np.array([each.is_right for each in seen], np.float64)
    start = np.array([getattr(Calibration(), name) for name in COEFFICIENTS], np.float64)

    def loss(coefficients: Float64Array) -> tuple[float, Float64Array]:
        odds = rows @ coefficients
        off = coefficients - start
        value = np.logaddexp(0, odds).sum() - right @ odds + PENALTY * off @ off
        return float(value), rows.T @ (expit(odds) - right) + 2 * PENALTY * off

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[BOUNDS[name] for name in COEFFICIENTS]).x
    fitted = {name: round(float(each), 4) for name, each in zip(COEFFICIENTS, found, strict=True)}
    return Calibration(**fitted, alternatives=_share_among_others(seen))


def _share_among_others(seen: Sequence[Outcome]) -> float:
    """How often, where a text is wrong, another one that was weighed is right; one half before anything is seen."""
    wrong = [each.is_among_others for each in seen if not each.is_right]
    return round((sum(wrong) + 1) / (len(wrong) + 2), 4)
