"""The plate pipeline: vehicle crops to readings, each step a batch: locate, rectify, read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from traffic.datatypes import PlateReading, VehicleCrop
from traffic.plates.locator import PlateCorners, PlateLocator
from traffic.plates.ocr import PlateOcr, PlateText
from traffic.plates.quality import plate_quality
from traffic.plates.rectify import is_quadrilateral, rectify, upright_size
from traffic.plates.views import PlateView, ViewReader, over_views

Reason = Literal[
    "no plate", "too small", "blurred", "too oblique", "badly exposed", "cut by the border", "empty text", "over budget"
]
WORST = MappingProxyType[str, Reason](
    {"size": "too small", "sharpness": "blurred", "angle": "too oblique", "exposure": "badly exposed"}
)
"""Why a plate of too low quality is not read, by what is worst about it."""

MINIMUM_HEIGHT_PX = 8.0
"""A plate that is lower has too few pixels to tell its characters apart."""
MINIMUM_QUALITY = 0.05
"""A plate that can be seen worse is not legible."""
BORDER_TOLERANCE = 0.02
"""By this share of its width a plate may reach over the frame's border: corners are not known better."""


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


class PlateRecognizer:
    """Finds and reads plates: a PlateReader.

    Args:
        locator: finds the plate in a vehicle's crop.
        ocr: reads a rectified plate; or plates in frames, where they are rectified on a device.
        minimum_height_px: plates that look lower in the frame are not read.
        minimum_quality: nor are those that can be seen worse, see PlateQuality.score.
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
        self._minimum_height_px = minimum_height_px
        self._minimum_quality = minimum_quality
        self.statistics = PlateStatistics()

    def read(self, crops: Sequence[VehicleCrop]) -> list[PlateReading | None]:
        """See PlateReader.read."""
        readings: list[PlateReading | None] = [None] * len(crops)
        legible = self._legible(crops)
        texts = self._views.read_views([PlateView(crops[row].frame, plate.corners) for row, plate, _ in legible])
        for (row, plate, quality), text in zip(legible, texts, strict=True):
            readings[row] = self._reading(crops[row], plate, text, quality)
        return readings

    def _legible(self, crops: Sequence[VehicleCrop]) -> list[tuple[int, PlateCorners, float]]:
        """The crops' rows whose plates are worth reading, with the plates and their quality; the others are counted."""
        legible: list[tuple[int, PlateCorners, float]] = []
        for row, (crop, plate) in enumerate(zip(crops, self._locator.locate(crops), strict=True)):
            reason: Reason | None = "no plate" if plate is None else self._objection(crop, plate)
            if plate is not None and reason is None:
                quality = plate_quality(rectify(crop.frame.image, plate.corners), plate.corners)
                reason = WORST[quality.worst] if quality.score < self._minimum_quality else None
                legible += [(row, plate, quality.score)] if reason is None else []
            if reason is not None:
                self.statistics.rejected[reason] += 1
        return legible

    def _objection(self, crop: VehicleCrop, plate: PlateCorners) -> Reason | None:
        """Why a plate is not worth looking at, if it is not."""
        if not is_quadrilateral(plate.corners):
            return "no plate"
        if _cut(crop, plate):
            return "cut by the border"
        return "too small" if upright_size(plate.corners)[1] < self._minimum_height_px else None

    def _reading(self, crop: VehicleCrop, plate: PlateCorners, text: PlateText, quality: float) -> PlateReading | None:
        if not text.text:
            self.statistics.rejected["empty text"] += 1
            return None
        self.statistics.read += 1
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


def _cut(crop: VehicleCrop, plate: PlateCorners) -> bool:
    """Whether the plate reaches over the frame's border."""
    height, width = crop.frame.image.shape[:2]
    slack = BORDER_TOLERANCE * upright_size(plate.corners)[0]
    x1, y1, x2, y2 = plate.xyxy
    return bool(min(x1, y1, width - x2, height - y2) < -slack)
