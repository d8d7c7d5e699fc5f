"""What a consensus is worth: the figures, as they are written to JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from traffic.evaluation.metrics.calibration import Calibration, calibration
from traffic.evaluation.passages_judged import Consensus, JudgedPassage, judge, spread
from traffic.evaluation.passages_reading import is_stress
from traffic.plates.recorded import KnownPassage
from traffic.settings import Settings

SPEEDS_KMH = (20, 40, 60, 80, 100, 120)
HEIGHTS_PX = (10, 15, 20, 25, 30, 40, 61)
READINGS = (1, 2, 3, 4, 6, 8, 12)
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class PassageGroup(Settings):
    """Some of the passages; every share is of all of them where it says nothing else."""

    group: str
    passages: Count
    any_frame: Share
    """Exact: a frame taken at random."""
    by_quality: Share
    """Exact: the frame in which the plate could be seen best."""
    by_confidence: Share
    """Exact: the frame of which the reader was surest."""
    by_strength: Share
    """Exact: the frame that is best by both."""
    alone: Share
    """Exact: the consensus of that frame alone."""
    consensus: Share
    """Exact: the consensus of all frames, whether put on record or not."""
    told: Share
    """A plate is put on record."""
    told_exact: Share | None
    """Exact, of those; None where there are none."""
    certain: Share
    """The plate is called certain."""
    certain_exact: Share | None
    """Exact, of those."""
    among_first: Share
    """The truth is the plate or one of its next two alternatives."""

    @property
    def gain(self) -> float:
        """Of the consensus over the best of the single frames."""
        return self.consensus - self.single

    @property
    def single(self) -> float:
        """Exact: the best of the ways to choose a single frame."""
        return max(self.by_quality, self.by_confidence, self.by_strength)


class ReadingsResult(Settings):
    """What a consensus of no more than so many readings gives."""

    readings: Count
    exact: Share
    told_exact: Share | None


class PassagesReport(Settings):
    """What `traffic evaluate passages` found."""

    report: Literal["passages"] = "passages"
    version: Literal[1] = 1
    files: dict[str, str]
    """The SHA-256 of the cards that this rests on, by their names."""
    countries: tuple[str, ...]
    """Whose grammars the consensus knows."""
    minimum_probability: Share
    mean_readings: float
    overall: PassageGroup
    calibration: Calibration
    """Of the plates on record."""
    by_daytime: tuple[PassageGroup, ...]
    by_speed: tuple[PassageGroup, ...]
    by_daytime_and_speed: tuple[PassageGroup, ...]
    by_height: tuple[PassageGroup, ...]
    by_country: tuple[PassageGroup, ...]
    by_readings: tuple[ReadingsResult, ...]
    stress: tuple[PassageGroup, ...]
    """Passages of their own whose plates are so high where they are nearest."""
    real: tuple[PassageGroup, ...] = ()
    """Clips, scenes and photos with known plates."""


@dataclass(frozen=True, slots=True)
class Told:
    """How plates are told.

    Attributes:
        consensus: makes a plate of readings.
        minimum_probability: of a plate that is put on record.
        countries: whose grammars the consensus knows.
        files: the SHA-256 of the cards it rests on, by their names.
    """

    consensus: Consensus
    minimum_probability: float
    countries: tuple[str, ...]
    files: Mapping[str, str]


def passages_report(
    passages: Sequence[KnownPassage], told: Told, real: Sequence[KnownPassage] = ()
) -> tuple[PassagesReport, tuple[JudgedPassage, ...]]:
    """The figures, and the rendered passages they come from.

    Args:
        passages: rendered ones; those of the stress table among them are reckoned apart.
        told: how.
        real: of clips, scenes and photos; a group for each source, which their names begin with, before a slash.
    """
    usual = [passage for passage in passages if not is_stress(passage)]
    stressed = judge([each for each in passages if is_stress(each)], told.consensus, told.minimum_probability)
    judged = judge(usual, told.consensus, told.minimum_probability)
    others = judge(real, told.consensus, told.minimum_probability)
    report = PassagesReport(
        files=dict(told.files),
        countries=told.countries,
        minimum_probability=told.minimum_probability,
        mean_readings=sum(len(passage.readings) for passage in usual) / max(len(usual), 1),
        overall=group("all", judged),
        calibration=calibration_of(judged),
        by_daytime=grouped(judged, lambda each: each.seen.daytime),
        by_speed=spans(judged, SPEEDS_KMH, "km/h", lambda each: each.seen.speed_kmh),
        by_daytime_and_speed=_by_daytime_and_speed(judged),
        by_height=spans(judged, HEIGHTS_PX, "px", lambda each: each.seen.height_px),
        by_country=grouped(judged, lambda each: each.passage.country),
        by_readings=tuple(_with_readings(usual, count, told) for count in READINGS),
        stress=_by_stress(stressed),
        real=grouped(others, lambda each: each.passage.name.split("/")[0]),
    )
    return report, judged


def group(name: str, judged: Sequence[JudgedPassage]) -> PassageGroup:
    """The figures of some passages."""
    told = [each for each in judged if each.is_told]
    certain = [each for each in judged if each.is_certain]
    return PassageGroup(
        group=name,
        passages=len(judged),
        any_frame=sum(each.of_any_frame for each in judged) / max(len(judged), 1),
        by_quality=_share(judged, lambda each: each.is_truth(each.by_quality)) or 0.0,
        by_confidence=_share(judged, lambda each: each.is_truth(each.by_confidence)) or 0.0,
        by_strength=_share(judged, lambda each: each.is_truth(each.by_strength)) or 0.0,
        alone=_share(judged, lambda each: each.is_truth(each.alone)) or 0.0,
        consensus=_share(judged, lambda each: each.is_exact) or 0.0,
        told=len(told) / max(len(judged), 1),
        told_exact=_share(told, lambda each: each.is_exact),
        certain=len(certain) / max(len(judged), 1),
        certain_exact=_share(certain, lambda each: each.is_exact),
        among_first=_share(judged, lambda each: each.is_among_first) or 0.0,
    )


def grouped(judged: Sequence[JudgedPassage], name: Callable[[JudgedPassage], str]) -> tuple[PassageGroup, ...]:
    """A group for each name, the largest first."""
    names = sorted({name(each) for each in judged})
    groups = [group(one, [each for each in judged if name(each) == one]) for one in names]
    return tuple(sorted(groups, key=lambda each: -each.passages))


def spans(
    judged: Sequence[JudgedPassage],
    borders: Sequence[int],
    unit: str,
    value: Callable[[JudgedPassage], float],
) -> tuple[PassageGroup, ...]:
    """A group for each span between two borders that has passages."""
    chosen = [(f"{low} to {high} {unit}", low, high) for low, high in pairwise(borders)]
    groups = [group(name, [each for each in judged if low <= value(each) < high]) for name, low, high in chosen]
    return tuple(each for each in groups if each.passages)


def calibration_of(judged: Sequence[JudgedPassage]) -> Calibration:
    """How far the told probabilities can be believed."""
    told = [(each.plate.probability, each.is_exact) for each in judged if each.plate and each.is_told]
    return calibration([probability for probability, _ in told], [exact for _, exact in told])


def _by_daytime_and_speed(judged: Sequence[JudgedPassage]) -> tuple[PassageGroup, ...]:
    rows: list[PassageGroup] = []
    for daytime in ("day", "night"):
        of_one = [each for each in judged if each.seen.daytime == daytime]
        by_speed = spans(of_one, SPEEDS_KMH, "km/h", lambda each: each.seen.speed_kmh)
        rows += [row.model_copy(update={"group": f"{daytime}, {row.group}"}) for row in by_speed]
    return tuple(rows)


def _by_stress(judged: Sequence[JudgedPassage]) -> tuple[PassageGroup, ...]:
    heights = sorted({round(each.seen.height_px) for each in judged})
    return tuple(
        group(f"{height} px", [each for each in judged if round(each.seen.height_px) == height]) for height in heights
    )


def _with_readings(passages: Sequence[KnownPassage], count: int, told: Told) -> ReadingsResult:
    plates = [(passage.text, told.consensus(spread(passage.readings, count))) for passage in passages]
    exact = sum(plate is not None and plate.text == text for text, plate in plates)
    kept = [text == plate.text for text, plate in plates if plate and plate.probability >= told.minimum_probability]
    return ReadingsResult(
        readings=count, exact=exact / max(len(passages), 1), told_exact=sum(kept) / len(kept) if kept else None
    )


def _share(judged: Sequence[JudgedPassage], is_so: Callable[[JudgedPassage], bool]) -> float | None:
    return sum(is_so(each) for each in judged) / len(judged) if judged else None
