"""One plate from the readings of a passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import structlog

from traffic.datatypes import Plate, PlateAlternative, PlateReading
from traffic.inference.model_card import PlateReaderCard, load_model_card
from traffic.plates.agreement import Vote, agreeing, best_of, confidence, strongest_first
from traffic.plates.alignment import evidence, network
from traffic.plates.calibration import ConsensusCard, Features, load_consensus_card, probability
from traffic.plates.formats import COUNTRIES, PlateFormat, formats_of, matching_formats
from traffic.plates.grammar import Grammar
from traffic.plates.ranking import Candidate, FormatPriors
from traffic.plates.reader import PlateSettings
from traffic.plates.symbols import folded, written_slots

_log = structlog.get_logger(__name__)

MINIMUM_AGREEING = 2
"""A plate that fewer readings agree on is not certain, however probable it is."""
LEAST_SEEN = 0.5
"""Nor is one whose agreeing readings have less quality than this together."""
MAXIMUM_ALTERNATIVES = 4
LEAST_ALTERNATIVE = 0.001
"""Less probable texts are no alternatives."""
LEAST_WEIGHT = 0.05
"""A reading of less confidence, or weaker by more than this factor than the strongest one, counts as one of this."""
LEAST_STRENGTH = 1e-6


class PlateConsensus:
    """Decides which plate the readings of one vehicle show.

    The readings are aligned to a confusion network, a beam search spells texts of known formats (and others) in it,
    and the texts are ranked by the readings' tempered product and what speaks for their formats. The order in which
    the readings come does not matter.

    Args:
        formats: of the countries whose plates are expected, the most likely country first.
        card: the fitted figures.
        certain_probability: from this on a plate that two readings agree on is certain.
        only_known: texts of no known format are never the result.
    """

    def __init__(
        self,
        formats: Sequence[PlateFormat],
        card: ConsensusCard | None = None,
        *,
        certain_probability: float = 0.98,
        only_known: bool = False,
    ) -> None:
        self._card = card if card is not None else ConsensusCard()
        self._grammar = Grammar(formats, only_known=only_known)
        self._priors = FormatPriors(formats, self._card.weights)
        self._certain_probability = certain_probability

    @classmethod
    def uncalibrated(cls) -> PlateConsensus:
        """For all countries, with figures that nothing was fitted to."""
        return cls(formats_of(COUNTRIES))

    def vote(self, reading: PlateReading) -> Vote:
        """What a reading with a text says; to be kept and weighed with others."""
        said = evidence(written_slots(reading), self._grammar.folds)
        sure = confidence(reading)
        return Vote(reading, said, self._priors.said(reading), sure, sure * reading.quality)

    def plate(self, readings: Sequence[PlateReading]) -> Plate | None:
        """The plate that these readings show; None where none has a text, or none of a known format is wanted but none
        possible.
        """
        return self.decide([self.vote(reading) for reading in readings if reading.text])

    def decide(self, votes: Sequence[Vote]) -> Plate | None:
        """As `plate`, of readings that were weighed before."""
        if not votes:
            return None
        ordered = strongest_first(votes)
        ranked = self._ranked(ordered)
        return self._plate(ranked, ordered) if ranked else None

    def of_vehicle(self, plate: Plate, vehicle_type: str) -> Plate:
        """The plate of a vehicle of one of VEHICLE_TYPES, whose format is one that such vehicles bear."""
        own = [each for each in self._grammar.formats if each.country == plate.country]
        fitting = matching_formats(plate.text, own, vehicle_type)
        return replace(plate, format=fitting[0].name) if fitting else plate

    def weigh(self, readings: Sequence[PlateReading]) -> tuple[list[Candidate], Features] | None:
        """All texts that were weighed, the likeliest first, and what the first one's probability is told by; None
        where there is no plate.
        """
        votes = [self.vote(reading) for reading in readings if reading.text]
        if not votes:
            return None
        ordered = strongest_first(votes)
        ranked = self._ranked(ordered)
        return (ranked, _features(ranked[0], ordered)) if ranked else None

    def _ranked(self, votes: Sequence[Vote]) -> list[Candidate]:
        weights = self._weights(votes)
        logs = self._card.weights.temper * network([vote.evidence for vote in votes], weights)
        said = np.array(weights) @ np.stack([vote.countries for vote in votes])
        return self._priors.ranked(self._grammar.spellings(logs), said)

    def _weights(self, votes: Sequence[Vote]) -> list[float]:
        weights, strongest = self._card.weights, max(vote.strength for vote in votes)
        return [
            max(vote.strength / max(strongest, LEAST_STRENGTH), LEAST_WEIGHT) ** weights.dominance
            * max(vote.confidence, LEAST_WEIGHT) ** weights.confidence_power
            for vote in votes
        ]

    def _plate(self, ranked: Sequence[Candidate], votes: Sequence[Vote]) -> Plate:
        first, *others = ranked
        features = _features(first, votes)
        sure = probability(features, self._card.calibration)
        return Plate(
            text=first.text,
            probability=sure,
            readings=features.agreeing,
            best=best_of(first.text, first.country, [(vote.reading, vote.strength) for vote in votes]),
            country=first.country,
            format=first.format.name if first.format else None,
            certain=sure >= self._certain_probability and _stands_up(features),
            alternatives=self._alternatives(others, sure),
        )

    def _alternatives(self, others: Sequence[Candidate], sure: float) -> tuple[PlateAlternative, ...]:
        """The others' part of what the plate's own probability leaves, none above that."""
        left = (1 - sure) * self._card.calibration.alternatives
        total = sum(each.share for each in others)
        told = [(each.text, min(left * each.share / total, sure)) for each in others[:MAXIMUM_ALTERNATIVES] if total]
        return tuple(PlateAlternative(text, each) for text, each in told if each >= LEAST_ALTERNATIVE)


def open_plate_consensus(settings: PlateSettings) -> PlateConsensus:
    """The consensus that a config asks for, with the figures that it names.

    Raises:
        ModelError: the file of the figures is missing or damaged.
    """
    if settings.consensus is None:
        return consensus_of(settings)
    card = load_consensus_card(settings.consensus)
    if not fits_reader(card, settings):
        _log.warning(
            "the figures of the plate consensus were fitted to another plate reader: probabilities are not calibrated",
            figures=str(settings.consensus),
            reader=str(settings.reader),
            remedy="python -m traffic.training.plate_consensus.fit",
        )
    return consensus_of(settings, card)


def fits_reader(card: ConsensusCard, settings: PlateSettings) -> bool:
    """Whether figures were fitted to the readings of the configured plate reader; so are those that name none.

    Raises:
        ModelError: the reader's card is missing or damaged.
    """
    if settings.reader is None or not card.reader_sha256:
        return True
    return load_model_card(settings.reader, PlateReaderCard).sha256 == card.reader_sha256


def consensus_of(settings: PlateSettings, card: ConsensusCard | None = None) -> PlateConsensus:
    """The consensus that a config asks for, with figures that were loaded before, or with unfitted ones."""
    return PlateConsensus(
        formats_of(settings.countries),
        card,
        certain_probability=settings.certain_probability,
        only_known=settings.only_known_formats,
    )


def _features(candidate: Candidate, votes: Sequence[Vote]) -> Features:
    strengths: dict[str, list[float]] = defaultdict(list)
    for vote in votes:
        strengths[folded(vote.reading.text, candidate.country)].append(vote.strength)
    rivals = (sum(each) for text, each in strengths.items() if text != candidate.text and len(each) >= MINIMUM_AGREEING)
    same = agreeing(candidate.text, candidate.country, votes)
    return Features(
        share=candidate.share,
        agreeing=len(same),
        support=sum(strengths.get(candidate.text, ())),
        rival=max(rivals, default=0.0),
        everything=sum(vote.strength for vote in votes),
        confidence=max((vote.confidence for vote in same), default=0.0),
        quality=sum(vote.reading.quality for vote in same),
        no_format=int(candidate.format is None),
    )


def _stands_up(features: Features) -> bool:
    """Whether a plate may be called certain if it is probable enough."""
    outweighs = features.support > features.everything / 2
    seen = features.agreeing >= MINIMUM_AGREEING and features.quality >= LEAST_SEEN
    return outweighs and seen and not features.no_format


class PlateVotes:
    """Collects the readings of one vehicle.

    Args:
        consensus: decides what they say together.
    """

    def __init__(self, consensus: PlateConsensus) -> None:
        self._consensus = consensus
        self._votes: list[Vote] = []
        self._plate: Plate | None = None
        self._is_decided = True

    def __len__(self) -> int:
        return len(self._votes)

    def add(self, reading: PlateReading) -> None:
        """Count one reading; an empty text counts for nothing."""
        if reading.text:
            self._votes.append(self._consensus.vote(reading))
            self._is_decided = False

    def consensus(self) -> Plate | None:
        """The plate that the readings show, decided when first asked for; see PlateConsensus.plate."""
        if not self._is_decided:
            self._plate = self._consensus.decide(self._votes)
            self._is_decided = True
        return self._plate
