"""The ladder's fourth step: letterbox and network on the device, decoding and suppression on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from traffic.datatypes import Detections, Frame, Int64Array
from traffic.detection.detector import DetectorSettings
from traffic.detection.yolox import decode, make_grid, non_maximum_suppression, to_detections
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.device_memory import NetworkOnDevice
from traffic.inference.kernel_records import PictureOnDevice
from traffic.inference.kernels import DeviceKernels

Size = tuple[int, int]
WEAK = DetectorSettings(minimum_score=0.01)


class PreprocessingDetector:
    """Finds vehicles as VehicleDetector does, at one input size.

    Args:
        network: closed with the detector.
        class_ids: of the model's classes, see class_ids_of.
        size: (width, height) of its input.
        kernels: of the same device.
    """

    def __init__(self, network: NetworkOnDevice, class_ids: Int64Array, size: Size, kernels: DeviceKernels) -> None:
        self._class_ids, self._size, self._kernels = class_ids, size, kernels
        self._grid = make_grid(size)
        with ExitStack() as stack:
            self._network = stack.enter_context(network)
            self._frames = DeviceFrames(network.memory, network.batch)
            self._exit = stack.pop_all()

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """As VehicleDetector.detect."""
        batch = self._network.batch
        return [
            found for first in range(0, len(frames), batch) for found in self._detect(frames[first : first + batch])
        ]

    def _detect(self, frames: Sequence[Frame]) -> list[Detections]:
        memory = self._network.memory
        with memory.current("detecting vehicles"), self._frames.arriving(frames) as pictures:
            scales = self._kernels.letterbox(pictures, self._network.input.address, self._size, memory.stream)
            self._network.recordings.put("answers", self._compute_and_fetch)
            memory.synchronize()
        return [self._interpret(slot, scales[slot], picture) for slot, picture in enumerate(pictures)]

    def _compute_and_fetch(self) -> None:
        self._network.enqueue()
        self._network.answers.fetch()

    def _interpret(self, slot: int, scale: float, picture: PictureOnDevice) -> Detections:
        xyxy, scores, columns = decode(self._network.answers.host[slot], self._grid, WEAK.minimum_score)
        kept = non_maximum_suppression(xyxy, scores, WEAK.maximum_iou)
        size = (picture.width, picture.height)
        return to_detections(xyxy[kept], scores[kept], self._class_ids[columns[kept]], scale=scale, frame_size=size)

    def __enter__(self) -> PreprocessingDetector:
        return self

    def __exit__(self, *error: object) -> None:
        self._exit.close()
