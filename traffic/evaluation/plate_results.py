"""How well plates are found and read: the figures, as they are written to JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from traffic.evaluation.formats.plate_list import LabelledPlate
from traffic.evaluation.metrics.texts import (
    ReadText,
    RejectPoint,
    character_error_rate,
    exact_share,
    reject_curve,
)
from traffic.evaluation.plate_systems import TextRead
from traffic.plates.locator import PlateCorners
from traffic.settings import Settings

HEIGHTS = (0, 16, 24, 32, 48, 10_000)
"""Pixels: the borders of the groups of plates by the height of their boxes."""
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPlate:
    """One labelled plate and what a system made of it.

    Attributes:
        photo: the photo's path.
        plate: the label.
        place: the place found for it, None where none overlaps it.
        iou: of that place with the label's box, 0 without one.
        given: what is read in the label's box.
        found: what is read at the place that was found; nothing without one.
    """

    photo: str
    plate: LabelledPlate
    place: PlateCorners | None
    iou: float
    given: TextRead
    found: TextRead

    @property
    def height_px(self) -> float:
        """Of the label's box."""
        return self.plate.xyxy[3] - self.plate.xyxy[1]


class GroupResult(Settings):
    """The plates of one group."""

    group: str
    plates: Count
    located: Share
    """Share of the plates of which a place with the report's IoU was found."""
    exact_given: Share
    """Share read without fault in the label's box."""
    exact_found: Share
    """Share read without fault from end to end."""


class ReadingResult(Settings):
    """How well texts were read."""

    exact: Share
    """Share read without any fault."""
    character_error_rate: Annotated[float, Field(ge=0)]
    """Edits needed a true character; a plate that was not read counts whole."""
    unread: Count
    """Plates of which nothing was read."""
    curve: tuple[RejectPoint, ...]
    """What rejecting the less confident readings would give."""


class PlateSystemResult(Settings):
    """One system on all photos."""

    name: str
    models: dict[str, str]
    """The SHA-256 of each model's file, by its name."""
    located: Share
    """Share of the plates of which a place with the report's IoU was found."""
    mean_iou: float | None
    """Of those places with the labels; None where none was found."""
    places: Count
    """All places that were found, on plates without a label too."""
    given: ReadingResult
    """In the labels' boxes."""
    found: ReadingResult
    """From end to end."""
    by_height: tuple[GroupResult, ...]
    by_quality: tuple[GroupResult, ...]
    """By the list's own words, if it has them."""


class PlateReport(Settings):
    """What `traffic evaluate plates` found."""

    report: Literal["plates"] = "plates"
    version: Literal[1] = 1
    data: str
    photos: Count
    plates: Count
    search: str
    """Where our locator looks: vehicles, picture or both."""
    iou: Share
    systems: tuple[PlateSystemResult, ...]
    """Ours first, then the peers."""


def system_result(
    name: str, judged: Sequence[JudgedPlate], places: int, iou: float, models: Mapping[str, str]
) -> PlateSystemResult:
    """The figures of one system.

    Args:
        name: the system's.
        judged: what it made of the plates, one at least.
        places: how many it found in all.
        iou: from which overlap on a plate is located.
        models: the SHA-256 of each of its files.
    """
    located = [each.iou for each in judged if each.iou >= iou]
    return PlateSystemResult(
        name=name,
        models=dict(models),
        located=len(located) / len(judged),
        mean_iou=float(np.mean(located)) if located else None,
        places=places,
        given=_reading([_beside(each, each.given) for each in judged]),
        found=_reading([_beside(each, each.found) for each in judged]),
        by_height=_by_height(judged, iou),
        by_quality=_by_quality(judged, iou),
    )


def _reading(texts: Sequence[ReadText]) -> ReadingResult:
    return ReadingResult(
        exact=exact_share(texts) or 0.0,
        character_error_rate=character_error_rate(texts) or 0.0,
        unread=sum(not each.text for each in texts),
        curve=reject_curve(texts),
    )


def _by_height(judged: Sequence[JudgedPlate], iou: float) -> tuple[GroupResult, ...]:
    groups = [
        (_span(low, high), [each for each in judged if low <= each.height_px < high]) for low, high in pairwise(HEIGHTS)
    ]
    return tuple(_group(name, of_one, iou) for name, of_one in groups if of_one)


def _by_quality(judged: Sequence[JudgedPlate], iou: float) -> tuple[GroupResult, ...]:
    words = sorted({each.plate.quality for each in judged} - {""})
    return tuple(_group(word, [each for each in judged if each.plate.quality == word], iou) for word in words)


def _group(name: str, judged: Sequence[JudgedPlate], iou: float) -> GroupResult:
    count = len(judged)
    return GroupResult(
        group=name,
        plates=count,
        located=sum(each.iou >= iou for each in judged) / count,
        exact_given=sum(_beside(each, each.given).is_exact for each in judged) / count,
        exact_found=sum(_beside(each, each.found).is_exact for each in judged) / count,
    )


def _beside(judged: JudgedPlate, read: TextRead) -> ReadText:
    return ReadText(judged.plate.text, read.text, read.confidence)


def _span(low: int, high: int) -> str:
    if low == HEIGHTS[0]:
        return f"below {high} px"
    return f"{low} px and more" if high == HEIGHTS[-1] else f"{low} to {high} px"
