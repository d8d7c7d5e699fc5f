"""The files of a training run, and what its log tells of held-out pictures."""

from __future__ import annotations

from pathlib import Path

from traffic.evaluation.detection import EXACT, SIZES, evaluate_detector, held_out_sets
from traffic.evaluation.detectors import open_detector
from traffic.training.detector.recipe import Recipe

MODEL_FILE = "vehicle_detector.onnx"
TRAINED_FILE = "trained.onnx"
"""The network after the steps, before blending and before the types."""
LOG_FILE = "vehicle_detector.training.jsonl"
LOG_EVERY = 50


def held_out_figures(model: Path, recipe: Recipe, data: Path) -> dict[str, float]:
    """AP50 and AP of all vehicles as one class, for each published set."""
    figures: dict[str, float] = {}
    with open_detector(model, recipe.classes, SIZES[0], EXACT) as detector:
        for name, pictures in held_out_sets(data).items():
            precision = evaluate_detector(detector, pictures)
            figures |= {f"{name}_ap50": precision.ap50, f"{name}_ap": precision.ap}
    return figures
