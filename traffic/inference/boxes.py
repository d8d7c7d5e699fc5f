"""Boxes of frames as pictures for a network, wherever the frames are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import cv2
import numpy as np

from traffic.datatypes import Float32Array, Frame, UInt8Array
from traffic.inference.engine import Engine

PAD_VALUE = 114
Sampling = Literal["linear", "area"]
Size = tuple[int, int]
_INTERPOLATION = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}


@dataclass(frozen=True, slots=True, eq=False)
class BoxCut:
    """A box of a frame, and what it becomes in the top left corner of a network's input; the rest of it is 114.

    Attributes:
        frame: the picture.
        box: (left, top, right, bottom) in whole pixels, right and bottom exclusive, inside the frame, not empty.
        size: (width, height) that it becomes, at most the network's input.
        sampling: between pixels, or the mean of all pixels under one; as OpenCV's interpolations of that name.
    """

    frame: Frame
    box: tuple[int, int, int, int]
    size: Size
    sampling: Sampling


@runtime_checkable
class BoxNetwork(Protocol):
    """Runs a model on boxes of frames."""

    def infer_boxes(self, cuts: Sequence[BoxCut]) -> Float32Array:
        """The model's output (n, ...) float32 for each, in order; the caller owns it."""
        ...


class HostBoxes:
    """Cuts boxes out on the CPU and has an engine run on them: a BoxNetwork.

    Args:
        engine: the caller closes it.
        size: (width, height) of its input.
    """

    def __init__(self, engine: Engine, size: Size) -> None:
        self._engine = engine
        self._size = size

    def infer_boxes(self, cuts: Sequence[BoxCut]) -> Float32Array:
        """See BoxNetwork.infer_boxes."""
        width, height = self._size
        images: UInt8Array = np.full((len(cuts), height, width, 3), PAD_VALUE, np.uint8)
        for image, cut in zip(images, cuts, strict=True):
            image[: cut.size[1], : cut.size[0]] = resized(cut.frame.image, cut.box, cut.size, cut.sampling)
        return self._engine.infer(images)


def over_boxes(engine: Engine | BoxNetwork, size: Size) -> BoxNetwork:
    """What runs a model on boxes of frames: `engine` itself, or with cutting on the CPU before it."""
    return engine if isinstance(engine, BoxNetwork) else HostBoxes(engine, size)


def resized(image: UInt8Array, box: tuple[int, int, int, int], size: Size, sampling: Sampling) -> UInt8Array:
    """A box of a picture (h, w, 3) as a new one of `size` (width, height); see BoxCut."""
    left, top, right, bottom = box
    return np.asarray(cv2.resize(image[top:bottom, left:right], size, interpolation=_INTERPOLATION[sampling]), np.uint8)
