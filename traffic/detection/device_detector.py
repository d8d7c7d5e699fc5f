"""The detection stage with everything on the device: letterbox, network, decoding and suppression.

A frame goes up once and stays there for the stages that follow; a few boxes come back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import TracebackType

import numpy as np

from traffic.datatypes import Detections, Frame, Int64Array
from traffic.detection.detector import DetectorSettings, class_ids_of
from traffic.errors import ModelError
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.device_memory import DeviceBuffer, DeviceScratch, NetworkOnDevice
from traffic.inference.kernel_records import COUNTS, DETECTION, MAXIMUM_PICTURES, Suppression
from traffic.inference.kernels import DeviceKernels

Size = tuple[int, int]
Fit = tuple[float, int, int]
"""How a frame was put into the network: its scale, and its own width and height."""
MAXIMUM_BOXES = 256
"""Vehicles of one picture."""


@dataclass(frozen=True, eq=False)
class _Place:
    """Everything that one input size needs on the device, allocated once."""

    network: NetworkOnDevice
    size: Size
    scratch: DeviceScratch
    detections: DeviceBuffer
    counts: DeviceBuffer


class DeviceVehicleDetector:
    """Finds vehicles as VehicleDetector does, the same boxes to a pixel's fraction.

    Args:
        settings: thresholds.
        classes: the model's class names in order; each must be one of VEHICLE_CLASSES.
        input_sizes: camera id to the network's input (width, height) for it.
        open_network: gives the network for an input size.
        frames: on the same device; where the stages that follow find them.
        kernels: of the same device.

    Raises:
        ModelError: the engine is for other classes, or for more pictures at once than the kernels take.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        classes: Sequence[str],
        input_sizes: Mapping[str, Size],
        open_network: Callable[[Size], NetworkOnDevice],
        frames: DeviceFrames,
        kernels: DeviceKernels,
    ) -> None:
        self._class_ids: Int64Array = class_ids_of(classes)
        self._suppression = Suppression(settings.minimum_score, settings.maximum_iou, MAXIMUM_BOXES)
        self._input_sizes = dict(input_sizes)
        self._frames = frames
        self._kernels = kernels
        with ExitStack() as stack:
            sizes = sorted(set(self._input_sizes.values()))
            self._places = {size: self._place(stack.enter_context(open_network(size)), size) for size in sizes}
            self._exit = stack.pop_all()

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """The vehicles of each frame, in the frames' order."""
        found: list[Detections] = [Detections.empty()] * len(frames)
        for size, place in self._places.items():
            rows = [row for row, frame in enumerate(frames) if self._input_sizes[frame.camera_id] == size]
            for first in range(0, len(rows), place.network.batch):
                some = rows[first : first + place.network.batch]
                for row, detections in zip(some, self._detect(place, [frames[r] for r in some]), strict=True):
                    found[row] = detections
        return found

    def _detect(self, place: _Place, frames: Sequence[Frame]) -> list[Detections]:
        network = place.network
        with network.memory.current("detecting vehicles"), self._frames.arriving(frames) as pictures:
            scales = self._kernels.letterbox(pictures, network.input.address, place.size, network.memory.stream)
            fits = tuple((scale, each.width, each.height) for scale, each in zip(scales, pictures, strict=True))
            network.recordings.put(fits, partial(self._find, place, fits))
            network.memory.synchronize()
        return [self._result(place, slot) for slot in range(len(frames))]

    def _find(self, place: _Place, fits: Sequence[Fit]) -> None:
        """Put into the stream what follows the letterbox: the same work whenever frames fit in the same way."""
        network = place.network
        network.enqueue()
        self._kernels.decode_nms(
            network.output.address,
            len(self._class_ids),
            place.size,
            fits,
            self._suppression,
            (place.scratch.address, place.detections.address, place.counts.address),
            network.memory.stream,
        )
        place.counts.fetch()
        place.detections.fetch()

    def _result(self, place: _Place, slot: int) -> Detections:
        rows = place.detections.host[slot, : int(place.counts.host["boxes"][slot])]
        xyxy = np.ascontiguousarray(rows["xyxy"])
        inside = (xyxy[:, 2] - xyxy[:, 0] >= 1) & (xyxy[:, 3] - xyxy[:, 1] >= 1)
        kept = rows[inside]
        return Detections(xyxy[inside], kept["score"].copy(), self._class_ids[kept["class_column"]])

    def _place(self, network: NetworkOnDevice, size: Size) -> _Place:
        batch, anchors, columns = network.output.shape
        if columns != 5 + len(self._class_ids):
            raise ModelError(
                f"expected an engine for {len(self._class_ids)} classes, its output has {columns - 5}",
                remedy="build the engine again from the model's card: traffic models build",
            )
        if batch > MAXIMUM_PICTURES:
            raise ModelError(
                f"expected an engine for {MAXIMUM_PICTURES} pictures at most, which is what the kernels take, got one "
                f"for {batch}",
                remedy="lower inference.batch and build the engine for it, or set inference.kernels to null",
            )
        memory = network.memory
        with memory.current("making room for detections"):
            return _Place(
                network,
                size,
                memory.scratch((self._kernels.decode_scratch_bytes(batch, anchors),), np.uint8),
                memory.buffer((batch, MAXIMUM_BOXES), DETECTION),
                memory.buffer((batch,), COUNTS),
            )

    def __enter__(self) -> DeviceVehicleDetector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()
