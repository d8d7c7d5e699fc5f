"""Checks of what TensorRT needs on this machine: driver, binding, plugin, kernels, and an engine for every model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from traffic.checks.result import CheckResult, failed
from traffic.config import Config
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import fitting_engine
from traffic.inference.engine_identity import EngineIdentity, identity_for
from traffic.inference.kernels import DeviceKernels
from traffic.inference.model_card import load_any_card, verified_model_path
from traffic.inference.tensorrt_engine import load_tensorrt, open_device
from traffic.models import beside_the_detector


def check_device(config: Config) -> Iterator[CheckResult]:
    """Nothing where another backend is configured."""
    if config.inference.backend != "tensorrt":
        return
    yield check_kernels(config.inference.kernels)
    try:
        version, device = str(load_tensorrt(config.inference.plugin).__version__), open_device()
    except ModelError as error:
        yield failed("device", error)
        yield CheckResult("engines", "warning", "not looked for: which ones fit depends on the device", error.remedy)
        return
    told = f"{device.name}, compute capability {device.compute_capability}; TensorRT {version}"
    yield CheckResult("device", "ok", told)
    for path, size, settings in needed_engines(config):
        folder = settings.engines or path.parent
        yield check_engine(folder, identity_for(path, size, settings, device, version), path.parent)


def check_kernels(library: Path | None) -> CheckResult:
    """The library of the CUDA kernels can be loaded, where one is configured."""
    if library is None:
        return CheckResult("kernels", "ok", "none configured: frames are resized and boxes chosen on the CPU")
    try:
        DeviceKernels(library)
    except ModelError as error:
        return failed("kernels", error)
    return CheckResult("kernels", "ok", f"{library} can be loaded")


def needed_engines(config: Config) -> Iterator[tuple[Path, tuple[int, int], InferenceSettings]]:
    """The models that a run opens: the ONNX file, its input size (width, height), and how it runs. A model that is not
    whole is left out: `check_model` and `check_further_model` tell of it.
    """
    cards = (config.classifier.model, config.plates.locator, config.plates.reader, _person_detector(config))
    with suppress(ModelError):
        detector = verified_model_path(config.detector.model)
        yield from ((detector, size, config.inference) for size in sorted({each.input_size for each in config.cameras}))
    for card in cards:
        with suppress(ModelError):
            if card is not None:
                size = load_any_card(card).input.default_size
                yield verified_model_path(card), size, beside_the_detector(config.inference)


def _person_detector(config: Config) -> Path | None:
    return config.privacy.person_detector if config.privacy.hides_people else None


def check_engine(folder: Path, wanted: EngineIdentity, cards: Path | None = None) -> CheckResult:
    """There is an engine for this machine in the folder, built from the model as it is now; its card is in `cards`."""
    name = f"engine {wanted.model}"
    try:
        return CheckResult(name, "ok", fitting_engine(folder, wanted, cards).name)
    except ModelError as error:
        return failed(name, error)
