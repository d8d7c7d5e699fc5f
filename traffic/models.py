"""The models that a config names, opened by the backend that it names: the composition root's part for networks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
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
from traffic.inference.tensorrt_engine import TensorRtEngine
from traffic.passages.identifier import Classifier, NoClassifier
from traffic.plates.locator import PlateLocator
from traffic.plates.ocr import PlateOcr
from traffic.plates.reader import NoPlateReader, PlateReader
from traffic.plates.recognizer import PlateRecognizer

_log = structlog.get_logger(__name__)


def build_detector(config: Config, stack: ExitStack) -> VehicleDetector | DeviceVehicleDetector:
    """The detector with an engine for every input size that a camera asks for, which `stack` closes; all on the device
    where its kernels are configured.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    card = load_model_card(config.detector.model, DetectorCard)
    require_contract(
        card, pad_value=PAD_VALUE, strides=STRIDES, output_format="yolox-undecoded", input_multiple=INPUT_MULTIPLE
    )
    path, sizes = verified_model_path(config.detector.model), {each.id: each.input_size for each in config.cameras}
    if config.inference.backend == "tensorrt" and config.inference.kernels is not None:
        open_network = partial(TensorRtEngine, path, settings=config.inference)
        kernels = DeviceKernels(config.inference.kernels)
        return stack.enter_context(DeviceVehicleDetector(config.detector, card.classes, sizes, open_network, kernels))
    open_one = partial(open_engine, path, settings=config.inference)
    return stack.enter_context(VehicleDetector(config.detector, card.classes, sizes, open_one))


def build_classifier(config: Config, stack: ExitStack) -> Classifier:
    """The vehicle classifier, whose engine `stack` closes; one that tells nothing where none is configured.

    Raises:
        ModelError: the model or its card is missing, altered, or unfit for the backend.
    """
    if config.classifier.model is None:
        _log.info("colours are not told, and types are the detector's: classifier.model is null")
        return NoClassifier()
    card = load_model_card(config.classifier.model, ClassifierCard)
    _require_known(card, card.types, VEHICLE_TYPES)
    _require_known(card, card.colours, VEHICLE_COLOURS)
    engine = stack.enter_context(_open_model(config.classifier.model, config.inference))
    return VehicleClassifier(engine, card.types, card.colours, card.input.default_size)


def _require_known(card: ModelCard, told: Sequence[str], known: Sequence[str]) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise ModelError(
            f"the model {card.name}: expected it to tell {', '.join(known)} apart, but its card names {unknown}",
            remedy="use a model trained for these, or correct the card",
        )


def build_plate_reader(config: Config, stack: ExitStack) -> PlateReader:
    """The plate reader, whose engines `stack` closes; one that reads nothing where none is configured.

    Raises:
        ModelError: a model or its card is missing, altered, or unfit for the backend.
    """
    if config.plates.locator is None or config.plates.reader is None:
        _log.info("plates are not read: plates.locator or plates.reader is null")
        return NoPlateReader()
    locator_card = load_model_card(config.plates.locator, PlateLocatorCard)
    reader_card = load_model_card(config.plates.reader, PlateReaderCard)
    locating = stack.enter_context(_open_model(config.plates.locator, config.inference))
    reading = stack.enter_context(_open_model(config.plates.reader, config.inference))
    locator = PlateLocator(locating, locator_card.input.default_size, locator_card.score_threshold)
    return PlateRecognizer(locator, PlateOcr(reading, reader_card))


def _open_model(card_path: Path, settings: InferenceSettings) -> Engine:
    card = load_any_card(card_path)
    return open_engine(verified_model_path(card_path), card.input.default_size, beside_the_detector(settings))


def beside_the_detector(settings: InferenceSettings) -> InferenceSettings:
    """The settings of the models that have no Mish and no INT8 form: without the plugin, in half precision for INT8."""
    half = {"precision": "f16"} if settings.precision == "int8" else {}
    return settings.model_copy(update={"plugin": None, **half})


def open_engine(path: Path, size: tuple[int, int], settings: InferenceSettings) -> Engine:
    """The configured backend on a model file, not yet entered."""
    if settings.backend == "tensorrt":
        return TensorRtEngine(path, size, settings)
    backend = OpenVinoEngine if settings.backend == "openvino" else OnnxEngine
    return backend(path, size, settings)
