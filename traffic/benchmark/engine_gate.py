"""Whether a detector in lower precision still finds what its model finds: the gate that a built engine has to pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from traffic.benchmark.ladder import CAMERA_ID, Detector, drawn_pictures, found_in
from traffic.detection.detector import VehicleDetector
from traffic.errors import ModelError
from traffic.evaluation.detection import Pictures, one_class_precision
from traffic.evaluation.detectors import WEAKEST
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.picture_sources import labelled_source
from traffic.inference.engine import Engine, InferenceSettings
from traffic.inference.engine_identity import EnginePrecision
from traffic.inference.model_card import DetectorCard, ModelCard
from traffic.inference.onnx_engine import OnnxEngine

Size = tuple[int, int]
DRAWN = 60
"""Pictures, where no labelled ones are given."""
ROUNDING = 1e-9
EXACT = InferenceSettings(backend="onnxruntime", precision="f32")


@dataclass(frozen=True, slots=True)
class GateResult:
    """A detector beside its reference, both on the same labelled pictures.

    Attributes:
        reference_ap, candidate_ap: mean over IoU .50 to .95, all vehicles as one class.
        allowed_loss: how much lower the candidate's may be.
        boxes: how many vehicles there were to find.
    """

    reference_ap: float
    candidate_ap: float
    allowed_loss: float
    boxes: int

    @property
    def loss(self) -> float:
        """Below 0 where the candidate is better."""
        return self.reference_ap - self.candidate_ap

    @property
    def passed(self) -> bool:
        """Whether no more is lost than is allowed; never where there was nothing to find."""
        return self.boxes > 0 and math.isfinite(self.loss) and self.loss <= self.allowed_loss + ROUNDING


def gate(reference: Detector, candidate: Detector, pictures: Pictures, card: DetectorCard) -> GateResult:
    """Measure two detectors on the same pictures.

    Args:
        reference: in float32.
        candidate: in lower precision.
        pictures: labelled; gone through twice.
        card: says how much may be lost.
    """
    exact = one_class_precision(list(found_in(reference, pictures())))
    lower = one_class_precision(list(found_in(candidate, pictures())))
    return GateResult(exact.ap, lower.ap, card.allowed_ap_loss, exact.boxes)


def require_passed(result: GateResult, precision: EnginePrecision) -> None:
    """Refuse what lost too much.

    Raises:
        ModelError: with both figures.
    """
    if result.boxes == 0:
        raise ModelError(
            "expected labelled vehicles to check the engine with, found none",
            remedy="name a folder that has some with --check, or leave it out for drawn pictures",
        )
    if not result.passed:
        raise ModelError(
            f"the engine in {precision} is not good enough and was not kept: expected an AP of at least "
            f"{result.reference_ap - result.allowed_loss:.4f} ({result.reference_ap:.4f} in f32 less "
            f"{result.allowed_loss:g}), got {result.candidate_ap:.4f}",
            remedy="build it in a higher precision, or with --mish decomposed; --no-check keeps it all the same",
        )


def needs_gate(card: ModelCard, precision: EnginePrecision) -> bool:
    """Whether there is anything to compare: detectors alone, in less than float32."""
    return isinstance(card, DetectorCard) and precision != "f32"


def check_pictures(folder: Path | None) -> Pictures:
    """Those of a folder with YOLO labels; drawn ones where there is none.

    Raises:
        ConfigError: the folder has no pictures or labels, or a label is none of YOLO's.
    """
    if folder is None:
        return lambda: iter(drawn_pictures(DRAWN))
    return labelled_source(folder, ClassWords(), "yolo").pictures


def open_reference(model: Path, classes: Sequence[str], size: Size) -> VehicleDetector:
    """The model in float32 on ONNX Runtime, at one input (width, height)."""
    return VehicleDetector(WEAKEST, classes, {CAMERA_ID: size}, partial(OnnxEngine, model, settings=EXACT))


def over_engine(engine: Engine, classes: Sequence[str], size: Size) -> VehicleDetector:
    """A detector on an engine that is open already; it closes the engine when it is closed."""
    return VehicleDetector(WEAKEST, classes, {CAMERA_ID: size}, lambda _: engine)
