"""Plates seen from the front and read on a device: their frames are there, only the reader's answers come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from traffic.datatypes import Float32Array
from traffic.inference.device_crops import QuadCut
from traffic.plates.ocr import PlateOcr, PlateText
from traffic.plates.rectify import rectification
from traffic.plates.views import PlateView


class QuadNetwork(Protocol):
    """Runs a model on parts of frames in perspective."""

    def infer_quads(self, cuts: Sequence[QuadCut]) -> Float32Array:
        """The model's output (n, ...) float32 for each, in order."""
        ...


class DeviceViews:
    """Reads plates in frames as RectifyingOcr does: a ViewReader.

    Args:
        network: runs the reader's model.
        ocr: tells what its answers read.
        size: (width, height) of the model's input.
    """

    def __init__(self, network: QuadNetwork, ocr: PlateOcr, size: tuple[int, int]) -> None:
        self._network = network
        self._ocr = ocr
        self._size = size

    def read_views(self, views: Sequence[PlateView]) -> Sequence[PlateText]:
        """See ViewReader.read_views."""
        if not views:
            return ()
        return self._ocr.decode(self._network.infer_quads([self._cut(view) for view in views]))

    def _cut(self, view: PlateView) -> QuadCut:
        to_seen, size = rectification(view.corners, self._size)
        return QuadCut(view.frame, np.asarray(np.linalg.inv(to_seen), np.float64), size)
