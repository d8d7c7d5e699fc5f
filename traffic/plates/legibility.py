"""Whether a plate that was found is worth reading, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from traffic.datatypes import VehicleCrop
from traffic.plates.locator import PlateCorners
from traffic.plates.quality import plate_quality
from traffic.plates.rectify import is_quadrilateral, rectify, upright_size

Reason = Literal[
    "no plate",
    "too small",
    "blurred",
    "too oblique",
    "badly exposed",
    "cut by the border",
    "empty text",
    "doubtful text",
    "over budget",
]
"""Why the plate of a crop is not read."""
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


@dataclass(frozen=True, slots=True)
class Legibility:
    """What a plate must be like to be read.

    Attributes:
        minimum_height_px: plates that look lower in the frame are not read.
        minimum_quality: nor are those that can be seen worse, see PlateQuality.score.
    """

    minimum_height_px: float = MINIMUM_HEIGHT_PX
    minimum_quality: float = MINIMUM_QUALITY

    def quality(self, crop: VehicleCrop, plate: PlateCorners) -> float | Reason:
        """How well a crop's plate can be seen, 0..1; or why it is not worth reading."""
        reason = self._objection(crop, plate)
        if reason is not None:
            return reason
        quality = plate_quality(rectify(crop.frame.image, plate.corners), plate.corners)
        return WORST[quality.worst] if quality.score < self.minimum_quality else quality.score

    def _objection(self, crop: VehicleCrop, plate: PlateCorners) -> Reason | None:
        """Why a plate is not worth looking at, if it is not."""
        if not is_quadrilateral(plate.corners):
            return "no plate"
        if _cut(crop, plate):
            return "cut by the border"
        return "too small" if upright_size(plate.corners)[1] < self.minimum_height_px else None


def _cut(crop: VehicleCrop, plate: PlateCorners) -> bool:
    """Whether the plate reaches over the frame's border."""
    height, width = crop.frame.image.shape[:2]
    slack = BORDER_TOLERANCE * upright_size(plate.corners)[0]
    x1, y1, x2, y2 = plate.xyxy
    return bool(min(x1, y1, width - x2, height - y2) < -slack)
