"""Which of the texts that a network may spell is the plate: what its format and country say is weighed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array, PlateReading
from traffic.plates.calibration import Weights
from traffic.plates.formats import PlateFormat
from traffic.plates.grammar import Spelling
from traffic.plates.symbols import ALPHABET

ANY_TEXT = "any"
"""The purpose of formats that say hardly more than that there are letters and digits."""
LEAST_COUNTRY = 0.01
"""A reader's word that it is another country's plate is believed no further."""
LESS_PREFERRED = 0.05
"""By this much (in natural logarithms) each country stands behind the one that the config names before it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that the plate may have.

    Attributes:
        text: canonical.
        share: of all that were weighed, 0..1; not calibrated.
        format: the one that it fits best; None where it fits none.
    """

    text: str
    share: float
    format: PlateFormat | None

    @property
    def country(self) -> str | None:
        """Of the format."""
        return self.format.country if self.format else None


class FormatPriors:
    """What speaks for and against texts, apart from their characters.

    Args:
        formats: in the order of preference of their countries.
        weights: how much each thing counts.
    """

    def __init__(self, formats: Sequence[PlateFormat], weights: Weights) -> None:
        self._weights = weights
        self._countries = tuple(dict.fromkeys(each.country for each in formats))
        self._preference = LESS_PREFERRED * np.arange(len(self._countries))
        self._breadth = {each: _breadth(each, weights) for each in formats}

    def said(self, reading: PlateReading) -> Float64Array:
        """(countries,) the logarithms of what a reading gives to each country of the formats.

        What its first choice leaves is shared by the others; a reader that tells no country tells them not apart.
        """
        others = (1 - reading.country_probability) / max(len(self._countries) - 1, 1) if reading.country else 1.0
        given = [reading.country_probability if each == reading.country else others for each in self._countries]
        return np.asarray(np.log(np.clip(given, LEAST_COUNTRY, 1.0)), np.float64)

    def ranked(self, spelt: Sequence[Spelling], countries: Float64Array) -> list[Candidate]:
        """Each text once, the likeliest first; their shares sum to 1.

        Args:
            spelt: the texts.
            countries: (countries,) what the readings together give to each, as logarithms.
        """
        logs = self._country_logs(countries)
        best: dict[str, tuple[float, PlateFormat | None]] = {}
        for spelling in spelt:
            prior, plate_format = self._best_format(spelling, logs)
            known = best.get(spelling.text)
            if known is None or known[0] < spelling.score + prior:
                best[spelling.text] = spelling.score + prior, plate_format
        top = max((score for score, _ in best.values()), default=0.0)
        total = math.fsum(math.exp(score - top) for score, _ in best.values())
        candidates = [Candidate(text, math.exp(score - top) / total, fits) for text, (score, fits) in best.items()]
        return sorted(candidates, key=lambda each: (-each.share, each.text))

    def _best_format(self, spelling: Spelling, countries: dict[str, float]) -> tuple[float, PlateFormat | None]:
        """The format of a spelling that most speaks for, the first of equals, and how much."""
        if not spelling.formats:
            narrow = self._weights.format_temper * len(spelling.text) * math.log(len(ALPHABET))
            return -self._weights.no_format - narrow, None
        priors = [self._prior(each, spelling.text, countries) for each in spelling.formats]
        best = max(priors)
        return best, spelling.formats[priors.index(best)]

    def _prior(self, plate_format: PlateFormat, text: str, countries: dict[str, float]) -> float:
        issued = 0.0 if plate_format.valid(text) else -self._weights.not_issued
        return countries[plate_format.country] + issued - self._breadth[plate_format]

    def _country_logs(self, said: Float64Array) -> dict[str, float]:
        """For each country the logarithm of its probability, from the readers' word and the order of preference."""
        logs = self._weights.country_temper * said - self._preference
        top = logs.max(initial=0.0)
        logs -= top + np.log(np.exp(logs - top).sum())
        return dict(zip(self._countries, logs.tolist(), strict=True))


def _breadth(plate_format: PlateFormat, weights: Weights) -> float:
    """What speaks against a format for how many texts it allows."""
    texts = math.fsum(math.log(len(place)) for place in plate_format.pattern)
    return weights.format_temper * texts + (weights.any_text if plate_format.purpose == ANY_TEXT else 0.0)
