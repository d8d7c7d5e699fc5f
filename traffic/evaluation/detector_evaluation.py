"""Run detectors over labelled pictures: `traffic evaluate detector`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from traffic.detection.detector import VehicleDetector
from traffic.errors import ConfigError
from traffic.evaluation.detection import EXACT
from traffic.evaluation.detector_misses import DetectorMisses
from traffic.evaluation.detector_results import DetectorReport, DetectorResult, detector_result
from traffic.evaluation.detectors import Answer, Size, detect_image, open_coco_detector, open_detector
from traffic.evaluation.picture_sources import PictureSource
from traffic.inference.model_card import DetectorCard, load_model_card, sha256_of, verified_model_path


@dataclass(frozen=True, slots=True)
class Candidate:
    """A detector that is still to be opened.

    Attributes:
        name: for the report.
        model: its file.
        open: gives it, within `with`, at an input (width, height).
    """

    name: str
    model: Path
    open: Callable[[Size], AbstractContextManager[VehicleDetector]]


@dataclass(frozen=True, slots=True)
class DetectorTask:
    """What to measure on what.

    Attributes:
        source: the labelled pictures.
        input_size: the network's input (width, height).
        iou: from which overlap on a detection is right.
        score: from which score on it counts for precision and recall.
    """

    source: PictureSource
    input_size: Size
    iou: float
    score: float


def candidate_of_card(path: Path) -> Candidate:
    """The model of a card.

    Raises:
        ModelError: the card or its model is missing or altered.
    """
    card, model = load_model_card(path, DetectorCard), verified_model_path(path)
    return Candidate(card.name, model, lambda size: open_detector(model, card.classes, size, EXACT))


def parse_peer(text: str) -> Candidate:
    """A peer from the user's NAME=FILE: a card (.yaml), or an undecoded YOLOX of COCO's 80 classes (.onnx).

    Raises:
        ConfigError: it is not like that, or there is no such file.
        ModelError: see candidate_of_card.
    """
    name, _, file = text.partition("=")
    path = Path(file)
    if not name or path.suffix not in (".onnx", ".yaml", ".yml") or not path.is_file():
        raise ConfigError(f"--peer: expected NAME=FILE with a file of .onnx or .yaml that is there, got {text!r}")
    if path.suffix == ".onnx":
        return Candidate(name, path, lambda size: open_coco_detector(path, size, EXACT))
    return replace(candidate_of_card(path), name=name)


def evaluate_detectors(
    candidates: Sequence[Candidate], task: DetectorTask, progress: Callable[[str, int], None] = lambda *_: None
) -> tuple[DetectorReport, DetectorMisses]:
    """The figures of all candidates, and the worst that the first one did.

    Args:
        candidates: the model first, then its peers.
        task: the data and the thresholds.
        progress: told each candidate's name and how many pictures it has seen.

    Raises:
        ConfigError: a picture cannot be read.
        ModelError: a model cannot be run, or faster-coco-eval is not installed.
    """
    misses = DetectorMisses(task.iou, task.score)
    results: list[DetectorResult] = []
    count = 0
    for candidate in candidates:
        answers = _answers(candidate, task, misses if not results else None, progress)
        results.append(_result(candidate, answers, task))
        count = len(answers)
    report = DetectorReport(
        data=task.source.name,
        pictures=count,
        left_out=dict(task.source.left_out),
        without_labels=task.source.without_file,
        input_size=task.input_size,
        iou=task.iou,
        score=task.score,
        models=tuple(results),
    )
    return report, misses


def _answers(
    candidate: Candidate, task: DetectorTask, misses: DetectorMisses | None, progress: Callable[[str, int], None]
) -> list[Answer]:
    answers: list[Answer] = []
    with candidate.open(task.input_size) as detector:
        for picture in task.source.pictures():
            answers.append(Answer(picture.xyxy, picture.allowed, detect_image(detector, picture.image)))
            if misses is not None:
                misses.add(picture, answers[-1])
            progress(candidate.name, len(answers))
    return answers


def _result(candidate: Candidate, answers: Sequence[Answer], task: DetectorTask) -> DetectorResult:
    if not any(answer.allowed.any() for answer in answers):
        raise ConfigError(
            f"{task.source.name}: expected at least one labelled vehicle, found none in {len(answers)} pictures"
        )
    return detector_result(candidate.name, answers, task.iou, task.score, sha256_of(candidate.model))
