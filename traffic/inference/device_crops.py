"""Networks over crops of frames that are on the device: cut out there, into the network's input; answers come back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

import numpy as np

from traffic.datatypes import Float32Array, Float64Array, Frame
from traffic.inference.boxes import BoxCut
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.device_memory import NetworkOnDevice
from traffic.inference.kernel_records import AREA, LINEAR, PictureOnDevice, ResizedBox, SeenQuad
from traffic.inference.kernels import DeviceKernels

_SAMPLING = {"linear": LINEAR, "area": AREA}


class InFrame(Protocol):
    """Something in a frame."""

    @property
    def frame(self) -> Frame:
        """The picture."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class QuadCut:
    """A part of a frame in perspective; see SeenQuad.

    Attributes:
        frame: the picture; beyond its border it repeats.
        out_to_frame: (3, 3), from the pixel indices of a picture of `size` to the frame's.
        size: (width, height) of that picture, which is averaged down to the network's input; at least as large.
    """

    frame: Frame
    out_to_frame: Float64Array
    size: tuple[int, int]


Cut = TypeVar("Cut", bound=InFrame)


class DeviceCrops:
    """Runs a network on crops of frames: a BoxNetwork, and the same for quadrilaterals.

    Crops of one frame that stand side by side are one launch; one inference is as many crops as the network's batch.

    Args:
        network: the caller closes it.
        frames: on the same device.
        kernels: of the same device.
    """

    def __init__(self, network: NetworkOnDevice, frames: DeviceFrames, kernels: DeviceKernels) -> None:
        self._network = network
        self._frames = frames
        self._kernels = kernels
        height, width = network.input.shape[2:]
        self._size = (int(width), int(height))
        self._picture_bytes = np.dtype(np.float32).itemsize * math.prod(network.input.shape[1:])

    def infer_boxes(self, cuts: Sequence[BoxCut]) -> Float32Array:
        """See BoxNetwork.infer_boxes."""
        return self._infer(cuts, self._crop_boxes)

    def infer_quads(self, cuts: Sequence[QuadCut]) -> Float32Array:
        """The model's output (n, ...) float32 for each, in order; the caller owns it."""
        return self._infer(cuts, self._crop_quads)

    def _infer(self, cuts: Sequence[Cut], crop: Callable[[PictureOnDevice, Sequence[Cut], int], None]) -> Float32Array:
        network = self._network
        outputs = np.empty((len(cuts), *network.output.shape[1:]), np.float32)
        with network.memory.current("looking at crops of frames"):
            for first in range(0, len(cuts), network.batch):
                some = cuts[first : first + network.batch]
                self._run(some, crop)
                outputs[first : first + len(some)] = network.answers.host[: len(some)]
        return outputs

    def _run(self, cuts: Sequence[Cut], crop: Callable[[PictureOnDevice, Sequence[Cut], int], None]) -> None:
        groups = [list(group) for _, group in groupby(cuts, lambda cut: id(cut.frame))]
        address = self._network.input.address
        with self._frames.again([group[0].frame for group in groups]) as pictures:
            for picture, group in zip(pictures, groups, strict=True):
                crop(picture, group, address)
                address += len(group) * self._picture_bytes
            self._network.recordings.put("answers", self._compute_and_fetch)
            self._network.memory.synchronize()

    def _compute_and_fetch(self) -> None:
        self._network.enqueue()
        self._network.answers.fetch()

    def _crop_boxes(self, picture: PictureOnDevice, cuts: Sequence[BoxCut], out: int) -> None:
        boxes = [ResizedBox(cut.box, cut.size, _SAMPLING[cut.sampling]) for cut in cuts]
        self._kernels.crop_boxes(picture, boxes, out, self._size, self._network.memory.stream)

    def _crop_quads(self, picture: PictureOnDevice, cuts: Sequence[QuadCut], out: int) -> None:
        quads = [SeenQuad(cut.out_to_frame, cut.size) for cut in cuts]
        self._kernels.crop_perspective(picture, quads, out, self._size, self._network.memory.stream)
