"""The ladder's steps on a GPU: which engine each one runs, and how."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from traffic.benchmark.allocating_engine import AllocatingEngine
from traffic.benchmark.ladder import CAMERA_ID, SCENE_SIZE, Rung
from traffic.benchmark.looking_detector import LookingDetector
from traffic.benchmark.preprocessing_detector import WEAK, PreprocessingDetector
from traffic.classification.classifier import VehicleClassifier
from traffic.detection.detector import VehicleDetector, class_ids_of
from traffic.detection.device_detector import DeviceVehicleDetector
from traffic.errors import ModelError
from traffic.inference.cuda_memory import CudaMemory
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
FLOAT_BYTES, CHANNELS, MILLISECONDS = 4, 3, 1000


@dataclass(frozen=True)
class Parts:
    """What the steps are made of.

    Attributes:
        card, int8_card: of the detector, and of its quantised form.
        size: (width, height) of the network's input.
        batch: frames of one inference from the fourth step on.
        kernels: the library of the CUDA kernels.
        engines: the folder of the steps' own engines, which no run is to take: what they find was not checked.
        plugin: the library of the Mish plugin; None: the fifth step goes without.
    """

    card: Path
    int8_card: Path
    size: Size
    batch: int
    kernels: Path
    engines: Path
    plugin: Path | None = None


def device_rungs(parts: Parts) -> list[Rung]:
    """The five steps, the fifth in INT8 as well, and what looks at the vehicles after them; opening one builds its
    engines where they are not there yet.

    Raises:
        ModelError: a card cannot be read.
    """
    plain = InferenceSettings(backend="tensorrt", precision="f32", batch=1, graph=False, engines=parts.engines)
    half = plain.model_copy(update={"precision": "f16"})
    int8 = plain.model_copy(update={"precision": "int8"})
    once = int8.model_copy(update={"batch": parts.batch, "graph": True})
    plugged = half.model_copy(update={"batch": parts.batch, "graph": True, "plugin": parts.plugin})
    plugged_int8 = once.model_copy(update={"plugin": parts.plugin})
    tensor = FLOAT_BYTES * CHANNELS * parts.size[0] * parts.size[1]
    frame = CHANNELS * SCENE_SIZE[0] * SCENE_SIZE[1]
    card, int8_card = parts.card, parts.int8_card
    trained, mish = (
        int8_making(load_model_card(int8_card, DetectorCard)),
        "Mish plugin" if parts.plugin else "no plugin",
    )

    def rung(name: str, opened: Opened, given: Path, settings: InferenceSettings, bytes_up: int) -> Rung:
        make = partial(opened, given, parts, settings)
        return Rung(name, make, bytes_up, settings.batch, settings.graph, device_shares_memory, cuda_seconds)

    return [
        rung("1 plain TensorRT from Python, FP32", _plain, card, plain, tensor),
        rung("2 FP16", _plain, card, half, tensor),
        rung(f"3 INT8, {trained}", _plain, int8_card, int8, tensor),
        rung("4 INT8, buffers made once, letterbox on the GPU", _preprocessing, int8_card, once, frame),
        rung(f"5 FP16, {mish}, suppression on the GPU too", _all_on_device, card, plugged, frame),
        rung(f"5 INT8, {mish}, suppression on the GPU too", _all_on_device, int8_card, plugged_int8, frame),
        rung("5 FP16, then types, colours and plates", _looking, card, plugged, frame),
    ]


Opened = Callable[
    [Path, Parts, InferenceSettings],
    "VehicleDetector | PreprocessingDetector | DeviceVehicleDetector | LookingDetector",
]


def int8_making(card: DetectorCard) -> str:
    """How an INT8 model came to be, by the command in its card: trained for it, or quantised after training."""
    trained = "quantisation_aware" in card.recipe.command
    return "quantisation-aware training" if trained else "quantised after training"


def device_shares_memory() -> bool:
    """Whether the first GPU works in the CPU's memory; raises ModelError as open_device does."""
    return open_device().shares_memory


def cuda_seconds(work: Callable[[], None]) -> float:
    """By events of CUDA, in a stream of their own: the work waits for the streams that it uses.

    Raises:
        ModelError: see open_device; or CUDA fails.
    """
    device = open_device()
    with device.current("timing a step"):
        return CudaMemory(device).timed(work) / MILLISECONDS


def _plain(card: Path, parts: Parts, settings: InferenceSettings) -> VehicleDetector:
    model = _with_engine(card, parts.size, settings)
    classes = load_model_card(card, DetectorCard).classes

    def opened(size: Size) -> AllocatingEngine:
        return AllocatingEngine(TensorRtEngine(model, size, settings))

    return VehicleDetector(WEAK, classes, {CAMERA_ID: parts.size}, opened)


def _preprocessing(card: Path, parts: Parts, settings: InferenceSettings) -> PreprocessingDetector:
    model = _with_engine(card, parts.size, settings)
    classes = load_model_card(card, DetectorCard).classes
    network = TensorRtEngine(model, parts.size, settings, reach="output")
    return PreprocessingDetector(network, class_ids_of(classes), parts.size, DeviceKernels(parts.kernels))


def _all_on_device(card: Path, parts: Parts, settings: InferenceSettings) -> DeviceVehicleDetector:
    model = _with_engine(card, parts.size, settings)
    return _detector(card, model, parts, settings, open_on_device(parts.kernels, 2 * parts.batch))


def _detector(
    card: Path, model: Path, parts: Parts, settings: InferenceSettings, on_device: OnDevice
) -> DeviceVehicleDetector:
    classes = load_model_card(card, DetectorCard).classes
    network = partial(TensorRtEngine, model, settings=settings, reach="none")
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
            stack.enter_context(
                TensorRtEngine(_with_engine(card.parent / name, size, further), size, further, reach="output")
            )
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
    """The model's file; its engine is in the folder of the settings."""
    model, folder = verified_model_path(card), settings.engines or card.parent
    wanted = identity_for(model, size, settings, open_device(), str(load_tensorrt(settings.plugin).__version__))
    try:
        fitting_engine(folder, wanted)
    except ModelError:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="traffic-build-") as workshop:
            graph = for_tensorrt(model, Path(workshop) / model.name, settings.plugin, installed_version())
            build_engine(model, size, settings, BuildOptions(graph=graph), folder)
    return model
