"""The models that a config names, opened by the backend that it names: the composition root's part for networks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from traffic.classification.classifier import VehicleClassifier
from traffic.config import INPUT_MULTIPLE, Config
from traffic.datatypes import VEHICLE_COLOURS, VEHICLE_TYPES
from traffic.detection.detector import VehicleDetector
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.detection.yolox import PAD_VALUE, STRIDES
from traffic.errors import ModelError
from traffic.feed import BATCH_FRAMES
from traffic.inference.boxes import BoxNetwork
from traffic.inference.cuda_memory import CudaMemory
from traffic.inference.device_crops import DeviceCrops
from traffic.inference.device_frames import DeviceFrames
from traffic.inference.device_memory import NetworkOnDevice
from traffic.inference.engine import Engine, InferenceSettings
from traffic.inference.kernels import DeviceKernels
from traffic.inference.model_card import (
    ClassifierCard,
    DetectorCard,
    ModelCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_any_card,
    load_model_card,
    require_contract,
    verified_model_path,
)
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.inference.tensorrt_engine import TensorRtEngine, open_device
from traffic.passages.identifier import Classifier, NoClassifier
from traffic.pipeline import QUEUE_SIZE
from traffic.plates.device_views import DeviceViews
from traffic.plates.locator import PlateLocator, locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.reader import NoPlateReader, PlateReader
from traffic.plates.recognizer import PlateRecognizer
from traffic.privacy.people import PeopleFinder
from traffic.privacy.person_card import PersonDetectorCard

FRAMES_ON_DEVICE = (2 * QUEUE_SIZE + 3) * BATCH_FRAMES
"""All that can be under way from the detector to the identifier: in both queues between them and in three stages."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OnDevice:
    """What the networks share where frames stay on the GPU."""

    frames: DeviceFrames
    kernels: DeviceKernels

    def crops(self, network: NetworkOnDevice) -> DeviceCrops:
        """The network, over crops of these frames."""
        return DeviceCrops(network, self.frames, self.kernels)


def build_on_device(config: Config, stack: ExitStack) -> OnDevice | None:
    """For the builders of one run; None where frames are cut on the CPU: without `inference.kernels`.

    Raises:
        ModelError: there are no kernels, no GPU, or nothing that drives it.
    """
    if config.inference.backend != "tensorrt" or config.inference.kernels is None:
        return None
    on_device = open_on_device(config.inference.kernels, FRAMES_ON_DEVICE)
    stack.callback(_tell_traffic, on_device.frames)
    return on_device


def open_on_device(kernels: Path, capacity: int) -> OnDevice:
    """Room for so many frames on the first GPU, and the library of the kernels for it.

    Raises:
        ModelError: there are no kernels, no GPU, or nothing that drives it.
    """
    library, device = DeviceKernels(kernels), open_device()
    with device.current():
        return OnDevice(DeviceFrames(CudaMemory(device), capacity), library)


def _tell_traffic(frames: DeviceFrames) -> None:
    told = frames.traffic
    _log.info("frames on the device", uploads=told.uploads, uploaded_again=told.repeats, megabytes=told.bytes // 10**6)


def build_detector(
    config: Config, stack: ExitStack, on_device: OnDevice | None = None
) -> VehicleDetector | DeviceVehicleDetector:
    """The detector with an engine for every input size that a camera asks for, which `stack` closes; all on the device
    where its kernels are configured.

    Args:
        config: see there.
        stack: closes what is opened.
        on_device: of build_on_device, the same for all builders, so that a frame is uploaded once; None: of its own.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    card = load_model_card(config.detector.model, DetectorCard)
    require_contract(
        card, pad_value=PAD_VALUE, strides=STRIDES, output_format="yolox-undecoded", input_multiple=INPUT_MULTIPLE
    )
    path, sizes = verified_model_path(config.detector.model), {each.id: each.input_size for each in config.cameras}
    shared = on_device or build_on_device(config, stack)
    if shared is not None:
        open_network = partial(TensorRtEngine, path, settings=config.inference, reach="none")
        return stack.enter_context(
            DeviceVehicleDetector(config.detector, card.classes, sizes, open_network, shared.frames, shared.kernels)
        )
    open_one = partial(open_engine, path, settings=config.inference)
    return stack.enter_context(VehicleDetector(config.detector, card.classes, sizes, open_one))


def build_classifier(config: Config, stack: ExitStack, on_device: OnDevice | None = None) -> Classifier:
    """The vehicle classifier, whose engine `stack` closes; one that tells nothing where none is configured.

    Args:
        config, stack, on_device: as for build_detector.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    if config.classifier.model is None:
        _log.info("colours are not told, and types are the detector's: classifier.model is null")
        return NoClassifier()
    card = load_model_card(config.classifier.model, ClassifierCard)
    _require_known(card, card.types, VEHICLE_TYPES)
    _require_known(card, card.colours, VEHICLE_COLOURS)
    boxes = _open_for_boxes(config.classifier.model, config, stack, on_device)
    return VehicleClassifier(boxes, card.types, card.colours, card.input.default_size)


def _require_known(card: ModelCard, told: Sequence[str], known: Sequence[str]) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise ModelError(
            f"the model {card.name}: expected it to tell {', '.join(known)} apart, but its card names {unknown}",
            remedy="use a model trained for these, or correct the card",
        )


def build_plate_reader(config: Config, stack: ExitStack, on_device: OnDevice | None = None) -> PlateReader:
    """The plate reader, whose engines `stack` closes; one that reads nothing where none is configured.

    Args:
        config, stack, on_device: as for build_detector.

    Raises:
        ModelError: a model or its card is missing, altered, or unfit for the backend.
    """
    if config.plates.locator is None or config.plates.reader is None:
        _log.info("plates are not read: plates.locator or plates.reader is null")
        return NoPlateReader()
    locator_card = load_model_card(config.plates.locator, PlateLocatorCard)
    reader_card = load_model_card(config.plates.reader, PlateReaderCard)
    locator = locator_of(_open_for_boxes(config.plates.locator, config, stack, on_device), locator_card)
    ocr = _open_ocr(config.plates.reader, reader_card, config, stack, on_device)
    return PlateRecognizer(locator, ocr, minimum_quality=config.plates.minimum_quality)


def build_plate_locator(config: Config, stack: ExitStack) -> PlateLocator | None:
    """A plate locator for the pictures that are kept, whose engine `stack` closes; None where none is configured. That
    of build_plate_reader works in another thread.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    if config.plates.locator is None:
        return None
    card = load_model_card(config.plates.locator, PlateLocatorCard)
    return locator_of(stack.enter_context(_open_model(config.plates.locator, config.inference)), card)


def build_people_finder(config: Config, stack: ExitStack) -> PeopleFinder | None:
    """What finds people in the pictures that are kept, whose engine `stack` closes; None where none is configured.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    wanted = config.privacy
    if wanted.person_detector is None:
        return None
    card = load_model_card(wanted.person_detector, PersonDetectorCard)
    engine = stack.enter_context(_open_model(wanted.person_detector, config.inference))
    return PeopleFinder(engine, card.input.default_size, wanted.minimum_person_score, wanted.enlargement)


def _open_model(card_path: Path, settings: InferenceSettings) -> Engine:
    card = load_any_card(card_path)
    return open_engine(verified_model_path(card_path), card.input.default_size, beside_the_detector(settings))


def _open_for_boxes(
    card_path: Path, config: Config, stack: ExitStack, on_device: OnDevice | None
) -> Engine | BoxNetwork:
    path, size = verified_model_path(card_path), load_any_card(card_path).input.default_size
    settings, shared = beside_the_detector(config.inference), on_device or build_on_device(config, stack)
    if shared is None:
        return stack.enter_context(open_engine(path, size, settings))
    return shared.crops(stack.enter_context(TensorRtEngine(path, size, settings, reach="output")))


def _open_ocr(
    card_path: Path, card: PlateReaderCard, config: Config, stack: ExitStack, on_device: OnDevice | None
) -> PlateOcr | DeviceViews:
    path, size = verified_model_path(card_path), card.input.default_size
    settings, shared = beside_the_detector(config.inference), on_device or build_on_device(config, stack)
    if shared is None:
        return PlateOcr(stack.enter_context(open_engine(path, size, settings)), card)
    engine = stack.enter_context(TensorRtEngine(path, size, settings, reach="output"))
    return DeviceViews(shared.crops(engine), PlateOcr(engine, card), size)


def beside_the_detector(settings: InferenceSettings) -> InferenceSettings:
    """The settings of the models that have no Mish and no INT8 form: without the plugin, in half precision for INT8."""
    half = {"precision": "f16", "calibration": None} if settings.precision == "int8" else {}
    return settings.model_copy(update={"plugin": None, **half})


def open_engine(path: Path, size: tuple[int, int], settings: InferenceSettings) -> Engine:
    """The configured backend on a model file, not yet entered."""
    if settings.backend == "tensorrt":
        return TensorRtEngine(path, size, settings)
    backend = OpenVinoEngine if settings.backend == "openvino" else OnnxEngine
    return backend(path, size, settings)
