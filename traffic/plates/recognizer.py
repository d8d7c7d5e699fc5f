"""The plate pipeline: vehicle crops to readings, each step a batch: locate, rectify, read.

What is found is a plate if it reads as one: the locator's score and the certainty of the text count alike.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from traffic.datatypes import PlateReading, VehicleCrop
from traffic.plates.agreement import confidence
from traffic.plates.legibility import MINIMUM_HEIGHT_PX, MINIMUM_QUALITY, Legibility, Reason
from traffic.plates.locator import PlateCorners, PlateLocator
from traffic.plates.ocr import PlateOcr, PlateText
from traffic.plates.views import PlateView, ViewReader, over_views


@dataclass(slots=True)
class PlateStatistics:
    """What became of the crops so far: how many were read, and why the others were not."""

    read: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)

    def outcomes(self) -> dict[str, int]:
        """How many crops came to each end: `read`, or the reason why not."""
        return {"read": self.read, **{str(reason): count for reason, count in self.rejected.items()}}

    @property
    def crops(self) -> int:
        """All crops."""
        return self.read + sum(self.rejected.values())


@dataclass(frozen=True, slots=True, eq=False)
class PlateFound:
    """A plate and what it reads."""

    plate: PlateCorners
    reading: PlateReading


@dataclass(slots=True)
class _Search:
    """What came of one crop so far.

    Attributes:
        finds: those that were not looked at yet, the surest first.
        reason: why the locator's own find was not read; "no plate" where it had none.
        best: of what was read.
        worth: of that: the find's score times the certainty of the text.
    """

    crop: VehicleCrop
    finds: deque[PlateCorners]
    reason: Reason = "no plate"
    best: PlateFound | None = None
    worth: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Legible:
    """A find that is worth reading."""

    search: _Search
    plate: PlateCorners
    quality: float


class PlateRecognizer:
    """Finds and reads plates: a PlateReader.

    Of each crop the find is told whose score times the certainty of its text is most, if that is at least the
    locator's `least_worth`. A second one is read only where it can still be that: seldom beside a plate.

    Args:
        locator: finds what may be the plate in a vehicle's crop.
        ocr: reads a rectified plate; or plates in frames, where they are rectified on a device.
        minimum_height_px, minimum_quality: of plates that are read, see Legibility.
    """

    def __init__(
        self,
        locator: PlateLocator,
        ocr: PlateOcr | ViewReader,
        *,
        minimum_height_px: float = MINIMUM_HEIGHT_PX,
        minimum_quality: float = MINIMUM_QUALITY,
    ) -> None:
        self._locator = locator
        self._views = over_views(ocr)
        self._legibility = Legibility(minimum_height_px, minimum_quality)
        self.statistics = PlateStatistics()

    def read(self, crops: Sequence[VehicleCrop]) -> list[PlateReading | None]:
        """See PlateReader.read."""
        return [None if found is None else found.reading for found in self.find(crops)]

    def find(self, crops: Sequence[VehicleCrop]) -> list[PlateFound | None]:
        """As `read`, with the plates' corners."""
        searches = [_Search(crop, deque(finds)) for crop, finds in zip(crops, self._locator.finds(crops), strict=True)]
        while asked := [each for each in map(self._next, searches) if each is not None]:
            views = [PlateView(each.search.crop.frame, each.plate.corners) for each in asked]
            for each, text in zip(asked, self._views.read_views(views), strict=True):
                self._weigh(each, text)
        for search in searches:
            self._count(search)
        return [search.best for search in searches]

    def _next(self, search: _Search) -> _Legible | None:
        """The crop's next find that is worth reading: that is legible and can still be the best.

        Beside a plate that is sure but too small or blurred to read, any other text is something else on the vehicle.
        """
        while search.finds and search.finds[0].score > search.worth:
            plate = search.finds.popleft()
            quality = self._legibility.quality(search.crop, plate)
            if isinstance(quality, float):
                return _Legible(search, plate, quality)
            self._refuse(search, plate, quality)
            if search.reason != "no plate":
                search.finds.clear()
        return None

    def _weigh(self, legible: _Legible, text: PlateText) -> None:
        search, plate = legible.search, legible.plate
        reading = _reading(search.crop, plate, text, legible.quality)
        worth = plate.score * confidence(reading)
        if not worth >= self._locator.least_worth:  # nor if it is NaN
            self._refuse(search, plate, "doubtful text" if text.text else "empty text")
        elif worth > search.worth:
            search.best, search.worth = PlateFound(plate, reading), worth

    def _refuse(self, search: _Search, plate: PlateCorners, reason: Reason) -> None:
        if plate.score >= self._locator.score_threshold and search.reason == "no plate":
            search.reason = reason

    def _count(self, search: _Search) -> None:
        if search.best is None:
            self.statistics.rejected[search.reason] += 1
        else:
            self.statistics.read += 1


def _reading(crop: VehicleCrop, plate: PlateCorners, text: PlateText, quality: float) -> PlateReading:
    height, width = crop.frame.image.shape[:2]
    x1, y1, x2, y2 = np.clip(plate.xyxy, 0, [width, height, width, height]).tolist()
    return PlateReading(
        text=text.text,
        probabilities=text.probabilities,
        pts_ns=crop.frame.pts_ns,
        xyxy=(x1, y1, x2, y2),
        country=text.country,
        country_probability=text.country_probability,
        quality=quality,
        slots=text.slots,
    )
