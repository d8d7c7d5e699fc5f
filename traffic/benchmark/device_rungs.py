"""The ladder's steps on a GPU: which engine each one runs, and how."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from traffic.benchmark.ladder import CAMERA_ID, SCENE_SIZE, Rung
from traffic.benchmark.looking_detector import LookingDetector
from traffic.benchmark.preprocessing_detector import WEAK, PreprocessingDetector
from traffic.classification.classifier import VehicleClassifier
from traffic.detection.detector import VehicleDetector, class_ids_of
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import fitting_engine
from traffic.inference.engine_identity import identity_for
from traffic.inference.kernels import DeviceKernels
from traffic.inference.model_card import (
    ClassifierCard,
    DetectorCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_model_card,
    verified_model_path,
)
from traffic.inference.tensorrt_build import BuildOptions, build_engine
from traffic.inference.tensorrt_engine import TensorRtEngine, installed_version, load_tensorrt, open_device
from traffic.models import OnDevice, open_on_device
from traffic.plates.device_views import DeviceViews
from traffic.plates.locator import locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.recognizer import PlateRecognizer
from traffic.training.plugin_nodes import for_tensorrt

Size = tuple[int, int]
CLASSIFIER, LOCATOR, READER = "vehicle_classifier.yaml", "plate_locator.yaml", "plate_reader.yaml"
"""Cards beside the detector's."""
FLOAT_BYTES, CHANNELS = 4, 3


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
    """The five steps, and what looks at the vehicles after them; opening one builds its engines where they are not
    there yet.
    """
    plain = InferenceSettings(backend="tensorrt", precision="f32", batch=1, graph=False)
    half = plain.model_copy(update={"precision": "f16"})
    int8 = plain.model_copy(update={"precision": "int8"})
    once = int8.model_copy(update={"batch": parts.batch, "graph": True})
    plugged = half.model_copy(update={"batch": parts.batch, "graph": True, "plugin": parts.plugin})
    tensor = FLOAT_BYTES * CHANNELS * parts.size[0] * parts.size[1]
    frame = CHANNELS * SCENE_SIZE[0] * SCENE_SIZE[1]
    card, int8_card = parts.card, parts.int8_card
    return [
        Rung("plain TensorRT from Python, FP32", partial(_plain, card, parts, plain), tensor),
        Rung("FP16", partial(_plain, card, parts, half), tensor),
        Rung("INT8", partial(_plain, int8_card, parts, int8), tensor),
        Rung("INT8, buffers made once, letterbox on the GPU", partial(_preprocessing, int8_card, parts, once), frame),
        Rung("FP16, Mish plugin, suppression on the GPU too", partial(_all_on_device, card, parts, plugged), frame),
        Rung("the same, then types, colours and plates", partial(_looking, card, parts, plugged), frame),
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
    return _detector(card, model, parts, settings, open_on_device(parts.kernels, 2 * parts.batch))


def _detector(
    card: Path, model: Path, parts: Parts, settings: InferenceSettings, on_device: OnDevice
) -> DeviceVehicleDetector:
    classes, network = load_model_card(card, DetectorCard).classes, partial(TensorRtEngine, model, settings=settings)
    return DeviceVehicleDetector(WEAK, classes, {CAMERA_ID: parts.size}, network, on_device.frames, on_device.kernels)


def _looking(card: Path, parts: Parts, settings: InferenceSettings) -> LookingDetector:
    model, further = _with_engine(card, parts.size, settings), settings.model_copy(update={"plugin": None})
    classifier = load_model_card(card.parent / CLASSIFIER, ClassifierCard)
    locator = load_model_card(card.parent / LOCATOR, PlateLocatorCard)
    reader = load_model_card(card.parent / READER, PlateReaderCard)
    on_device, sizes = (
        open_on_device(parts.kernels, 2 * parts.batch),
        [each.input.default_size for each in (classifier, locator, reader)],
    )
    with ExitStack() as stack:
        detector = stack.enter_context(_detector(card, model, parts, settings, on_device))
        classifying, locating, reading = (
            stack.enter_context(TensorRtEngine(_with_engine(card.parent / name, size, further), size, further))
            for name, size in zip((CLASSIFIER, LOCATOR, READER), sizes, strict=True)
        )
        views = DeviceViews(on_device.crops(reading), PlateOcr(reading, reader), sizes[2])
        return LookingDetector(
            detector,
            VehicleClassifier(on_device.crops(classifying), classifier.types, classifier.colours, sizes[0]),
            PlateRecognizer(locator_of(on_device.crops(locating), locator), views),
            stack.pop_all(),
        )


def _with_engine(card: Path, size: Size, settings: InferenceSettings) -> Path:
    """The model's file, its engine beside it."""
    model = verified_model_path(card)
    wanted = identity_for(model, size, settings, open_device(), str(load_tensorrt(settings.plugin).__version__))
    try:
        fitting_engine(model.parent, wanted)
    except ModelError:
        with TemporaryDirectory(prefix="traffic-build-") as folder:
            graph = for_tensorrt(model, Path(folder) / model.name, settings.plugin, installed_version())
            build_engine(model, size, settings, BuildOptions(graph=graph), model.parent)
    return model
