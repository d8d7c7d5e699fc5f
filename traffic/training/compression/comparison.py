"""An INT8 detector beside the float one it was made from, on every held-out set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from traffic.detection.detector import VehicleDetector
from traffic.errors import ModelError
from traffic.evaluation.detection import EXACT, Pictures, one_class_precision
from traffic.evaluation.detectors import Answer, Size, answers, open_detector
from traffic.inference.model_card import DetectorCard, Figure
from traffic.training.detector.held_out import type_figures

LARGEST_LOSS = 0.015


@dataclass(frozen=True, slots=True)
class Comparison:
    """Float and INT8 on one held-out set at one input (width, height); AP as COCO's mean over IoU .50 to .95."""

    set: str
    size: Size
    pictures: int
    boxes: int
    float_ap50: float
    float_ap: float
    int8_ap50: float
    int8_ap: float

    @property
    def loss(self) -> float:
        """How much AP INT8 costs; below 0 where it gains."""
        return self.float_ap - self.int8_ap


def compare(
    float_model: Path, int8_model: Path, classes: Sequence[str], sets: Mapping[str, Pictures], sizes: Sequence[Size]
) -> list[Comparison]:
    """Measure both models on every set at every input.

    Args:
        float_model, int8_model: ONNX files.
        classes: of both.
        sets: held-out pictures by name.
        sizes: inputs (width, height).
    """
    lines = []
    for size in sizes:
        with (
            open_detector(float_model, classes, size, EXACT) as exact,
            open_detector(int8_model, classes, size, EXACT) as rounded,
        ):
            lines += [_compared(name, size, exact, rounded, pictures) for name, pictures in sets.items()]
    return lines


def require_small_loss(lines: Sequence[Comparison], largest: float = LARGEST_LOSS) -> None:
    """The gate.

    Raises:
        ModelError: INT8 loses more than `largest` AP on a set.
    """
    failed = [line for line in lines if line.loss > largest]
    if failed or not lines:
        told = "; ".join(
            f"{line.set} at {line.size[0]}x{line.size[1]}: AP {line.int8_ap:.3f}, float {line.float_ap:.3f}"
            for line in failed
        )
        raise ModelError(
            f"expected INT8 within {100 * largest:g} AP points of float on every held-out set, got {told or 'no set'}",
            remedy="raise calibration.pictures or tuning.steps in the recipe and quantise again; nothing was released",
        )


def compare_types(
    card: DetectorCard, float_model: Path, int8_model: Path, sets: Mapping[str, Pictures]
) -> list[Figure]:
    """The share of right types of both models at the float card's input and threshold; see type_figures."""
    judged = []
    for model in (int8_model, float_model):
        with open_detector(model, card.classes, card.input.default_size, EXACT) as detector:
            judged.append({name: list(answers(detector, pictures())) for name, pictures in sets.items()})
    rounded, exact = judged
    return type_figures(rounded, exact, card.score_threshold, f"{card.name} (float)")


def show(lines: Sequence[Comparison]) -> None:
    """Print float beside INT8."""
    table = Table("set", "input", "pictures", "boxes", "float AP50", "float AP", "INT8 AP50", "INT8 AP", "loss")
    for line in lines:
        figures = (line.float_ap50, line.float_ap, line.int8_ap50, line.int8_ap, line.loss)
        size = f"{line.size[0]}x{line.size[1]}"
        table.add_row(line.set, size, str(line.pictures), str(line.boxes), *(f"{figure:.3f}" for figure in figures))
    Console(width=120).print(table)


def _compared(
    name: str, size: Size, exact: VehicleDetector, rounded: VehicleDetector, pictures: Pictures
) -> Comparison:
    before: list[Answer] = []
    after: list[Answer] = []
    for picture in pictures():  # read once for both
        before += answers(exact, [picture])
        after += answers(rounded, [picture])
    whole, less = one_class_precision(before), one_class_precision(after)
    return Comparison(name, size, len(before), whole.boxes, whole.ap50, whole.ap, less.ap50, less.ap)
