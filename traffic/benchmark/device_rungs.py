"""The ladder's steps on a GPU: which engine each one runs, and how."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from traffic.benchmark.ladder import CAMERA_ID, Rung
from traffic.datatypes import Detections, Frame, Int64Array
from traffic.detection.detector import DetectorSettings, VehicleDetector, class_ids_of
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.detection.yolox import decode, make_grid, non_maximum_suppression, to_detections
from traffic.errors import ModelError
from traffic.inference.device_memory import DeviceBuffer, NetworkOnDevice
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import fitting_engine
from traffic.inference.kernels import DeviceKernels, PictureOnDevice
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.inference.tensorrt_build import BuildOptions, build_engine
from traffic.inference.tensorrt_engine import Device, TensorRtEngine, identity_for, installed_version, load_tensorrt
from traffic.training.plugin_nodes import for_tensorrt

Size = tuple[int, int]
WEAK = DetectorSettings(minimum_score=0.01)


@dataclass(frozen=True)
class Parts:
    """What the steps are made of.

    Attributes:
        card, int8_card: of the detector, and of its quantised form.
        size: (width, height) of the network's input.
        batch: frames of one inference from the fourth step on.
        kernels: the library of the CUDA kernels.
        plugin: the library of the Mish plugin; None: the fifth step goes without.
    """

    card: Path
    int8_card: Path
    size: Size
    batch: int
    kernels: Path
    plugin: Path | None = None


def device_rungs(parts: Parts) -> list[Rung]:
    """The five steps; opening one builds its engine where it is not there yet."""
    plain = InferenceSettings(backend="tensorrt", precision="f32", batch=1, graph=False)
    half = plain.model_copy(update={"precision": "f16"})
    int8 = plain.model_copy(update={"precision": "int8"})
    once = int8.model_copy(update={"batch": parts.batch, "graph": True})
    plugged = half.model_copy(update={"batch": parts.batch, "graph": True, "plugin": parts.plugin})
    return [
        Rung("plain TensorRT from Python, FP32", partial(_plain, parts.card, parts, plain)),
        Rung("FP16", partial(_plain, parts.card, parts, half)),
        Rung("INT8", partial(_plain, parts.int8_card, parts, int8)),
        Rung("INT8, buffers made once, letterbox on the GPU", partial(_preprocessing, parts.int8_card, parts, once)),
        Rung("FP16, Mish plugin, suppression on the GPU too", partial(_all_on_device, parts.card, parts, plugged)),
    ]


def _plain(card: Path, parts: Parts, settings: InferenceSettings) -> VehicleDetector:
    model = _with_engine(card, parts.size, settings)
    classes = load_model_card(card, DetectorCard).classes
    return VehicleDetector(WEAK, classes, {CAMERA_ID: parts.size}, partial(TensorRtEngine, model, settings=settings))


def _preprocessing(card: Path, parts: Parts, settings: InferenceSettings) -> PreprocessingDetector:
    model = _with_engine(card, parts.size, settings)
    classes = load_model_card(card, DetectorCard).classes
    network = TensorRtEngine(model, parts.size, settings)
    return PreprocessingDetector(network, class_ids_of(classes), parts.size, DeviceKernels(parts.kernels))


def _all_on_device(card: Path, parts: Parts, settings: InferenceSettings) -> DeviceVehicleDetector:
    model = _with_engine(card, parts.size, settings)
    classes = load_model_card(card, DetectorCard).classes
    network = partial(TensorRtEngine, model, settings=settings)
    return DeviceVehicleDetector(WEAK, classes, {CAMERA_ID: parts.size}, network, DeviceKernels(parts.kernels))


def _with_engine(card: Path, size: Size, settings: InferenceSettings) -> Path:
    """The model's file, its engine beside it."""
    model = verified_model_path(card)
    wanted = identity_for(model, size, settings, Device(), str(load_tensorrt(settings.plugin).__version__))
    try:
        fitting_engine(model.parent, wanted)
    except ModelError:
        with TemporaryDirectory(prefix="traffic-build-") as folder:
            graph = for_tensorrt(model, Path(folder) / model.name, settings.plugin, installed_version())
            build_engine(model, size, settings, BuildOptions(graph=graph), model.parent)
    return model


class PreprocessingDetector:
    """The fourth step: letterbox and network on the device, decoding and suppression on the CPU."""

    def __init__(self, network: NetworkOnDevice, class_ids: Int64Array, size: Size, kernels: DeviceKernels) -> None:
        self._class_ids, self._size, self._kernels = class_ids, size, kernels
        self._grid = make_grid(size)
        self._uploads: dict[tuple[int, int, int], DeviceBuffer] = {}
        with ExitStack() as stack:
            self._network = stack.enter_context(network)
            self._exit = stack.pop_all()

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """As VehicleDetector.detect."""
        batch = self._network.batch
        return [
            found for first in range(0, len(frames), batch) for found in self._detect(frames[first : first + batch])
        ]

    def _detect(self, frames: Sequence[Frame]) -> list[Detections]:
        memory = self._network.memory
        with memory.current():
            pictures = [self._upload(slot, frame) for slot, frame in enumerate(frames)]
            scales = self._kernels.letterbox(pictures, self._network.input.address, self._size, memory.stream)
            self._network.enqueue()
            self._network.output.fetch()
            memory.synchronize()
        return [self._interpret(slot, scales[slot], picture) for slot, picture in enumerate(pictures)]

    def _upload(self, slot: int, frame: Frame) -> PictureOnDevice:
        height, width = frame.image.shape[:2]
        key = (slot, width, height)
        if key not in self._uploads:
            self._uploads[key] = self._network.memory.buffer((height, width, 3), np.uint8)
        np.copyto(self._uploads[key].host, frame.image)
        self._uploads[key].send()
        return PictureOnDevice(self._uploads[key].address, width, height)

    def _interpret(self, slot: int, scale: float, picture: PictureOnDevice) -> Detections:
        xyxy, scores, columns = decode(self._network.output.host[slot], self._grid, WEAK.minimum_score)
        kept = non_maximum_suppression(xyxy, scores, WEAK.maximum_iou)
        size = (picture.width, picture.height)
        return to_detections(xyxy[kept], scores[kept], self._class_ids[columns[kept]], scale=scale, frame_size=size)

    def __enter__(self) -> PreprocessingDetector:
        return self

    def __exit__(self, *error: object) -> None:
        self._exit.close()
