"""Plates where they are: in their frames, by their corners, to be seen from the front and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from traffic.datatypes import Float32Array, Frame
from traffic.plates.ocr import PlateOcr, PlateText
from traffic.plates.rectify import rectify


@dataclass(frozen=True, slots=True, eq=False)
class PlateView:
    """A plate in a frame; corners (4, 2) float32 in the frame's pixels, clockwise from the top left."""

    frame: Frame
    corners: Float32Array


@runtime_checkable
class ViewReader(Protocol):
    """Reads plates in frames."""

    def read_views(self, views: Sequence[PlateView]) -> Sequence[PlateText]:
        """What each plate reads, in order."""
        ...


class RectifyingOcr:
    """Cuts plates out on the CPU, each seen from the front, and has them read: a ViewReader.

    Args:
        ocr: reads rectified pictures.
    """

    def __init__(self, ocr: PlateOcr) -> None:
        self._ocr = ocr

    def read_views(self, views: Sequence[PlateView]) -> Sequence[PlateText]:
        """See ViewReader.read_views."""
        return self._ocr.read([rectify(view.frame.image, view.corners) for view in views])


def over_views(ocr: PlateOcr | ViewReader) -> ViewReader:
    """What reads plates in frames: `ocr` itself, or with rectifying on the CPU before it."""
    return ocr if isinstance(ocr, ViewReader) else RectifyingOcr(ocr)
