"""Checks of the models, and of what runs them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from traffic.checks.result import CheckResult, failed
from traffic.datatypes import VEHICLE_CLASSES
from traffic.detection.detector import DetectorSettings
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, ModelCard, load_model_card, verified_model_path

_EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx", "tensorrt": "tensorrt"}


def check_model(detector: DetectorSettings) -> CheckResult:
    """The detector's model is the one that its card was written for, and tells our classes apart."""
    try:
        path = verified_model_path(detector.model)
        card = load_model_card(detector.model, DetectorCard)
    except ModelError as error:
        return failed("model", error)
    unknown = sorted(set(card.classes) - set(VEHICLE_CLASSES))
    if unknown:
        return CheckResult(
            "model",
            "error",
            f"{detector.model}: expected classes out of {', '.join(VEHICLE_CLASSES)}, got {', '.join(unknown)}",
            "name a model that was trained for these classes in detector.model",
        )
    return CheckResult("model", "ok", f"{card.name}: {path.name} is as released; tells {', '.join(card.classes)} apart")


def check_further_model(name: str, card_path: Path | None, kind: type[ModelCard]) -> CheckResult:
    """A model that a run can do without is the one that its card was written for, and made for this task."""
    if card_path is None:
        return CheckResult(name, "ok", "none configured")
    try:
        path = verified_model_path(card_path)
        return CheckResult(name, "ok", f"{load_model_card(card_path, kind).name}: {path.name} is as released")
    except ModelError as error:
        return failed(name, error)


def check_backend(inference: InferenceSettings) -> CheckResult:
    """The backend that runs the models is installed."""
    if importlib.util.find_spec(inference.backend) is None:
        remedy = f"pip install 'traffic[{_EXTRAS[inference.backend]}]'"
        return CheckResult("inference", "error", f"{inference.backend} is configured, but not installed", remedy)
    return CheckResult("inference", "ok", f"{inference.backend} is installed")
