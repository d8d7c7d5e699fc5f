"""Run a vehicle classifier over labelled vehicles: `traffic evaluate classifier`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from typing import Protocol

from traffic.classification.classifier import Appearance, VehicleClassifier
from traffic.datatypes import Frame, VehicleCrop
from traffic.evaluation.classifier_results import (
    ClassifiedVehicle,
    ClassifierReport,
    HeadResult,
    Verdict,
    head_result,
    verdict,
)
from traffic.evaluation.detection import EXACT
from traffic.evaluation.formats.rows import require_inside
from traffic.evaluation.formats.vehicle_list import LabelledVehicle, VehicleList
from traffic.evaluation.picture_file import read_picture
from traffic.inference.model_card import ClassifierCard, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine


class Classifier(Protocol):
    """Tells types and colours: traffic.classification.classifier.VehicleClassifier, or what stands in for it."""

    types: tuple[str, ...]
    colours: tuple[str, ...]

    def classify(self, crops: Sequence[VehicleCrop]) -> tuple[Appearance, ...]:
        """The appearance of each crop."""
        ...


@contextmanager
def open_classifier(path: Path) -> Iterator[tuple[ClassifierCard, VehicleClassifier]]:
    """A card and its model, on OpenVINO in full precision.

    Raises:
        ModelError: the card or its model is missing or altered.
    """
    card, model = load_model_card(path, ClassifierCard), verified_model_path(path)
    size = card.input.default_size
    with OpenVinoEngine(model, size, EXACT) as engine:
        yield card, VehicleClassifier(engine, card.types, card.colours, size)


def classify_all(
    classifier: Classifier, vehicles: Sequence[LabelledVehicle], progress: Callable[[str, int], None] = lambda *_: None
) -> list[ClassifiedVehicle]:
    """What a classifier says of each vehicle, by picture.

    Raises:
        ConfigError: a picture cannot be decoded, or a vehicle lies outside its picture.
    """
    classified: list[ClassifiedVehicle] = []
    for path, of_one in groupby(sorted(vehicles, key=_path), _path):
        labelled = list(of_one)
        frame = still_frame(path)
        for each in labelled:
            require_inside(each.xyxy, frame.image, each.place)
        appearances = classifier.classify([VehicleCrop(frame, each.xyxy) for each in labelled])
        classified += [ClassifiedVehicle(*pair) for pair in zip(labelled, appearances, strict=True)]
        progress("vehicles", len(classified))
    return classified


def still_frame(path: Path) -> Frame:
    """A picture file as a frame of no camera.

    Raises:
        ConfigError: it is missing or cannot be decoded.
    """
    return Frame("evaluation", path.stem, 0, 0, datetime.fromtimestamp(0, timezone.utc), read_picture(path))


def classifier_report(
    data: str,
    card: ClassifierCard,
    classifier: Classifier,
    listed: VehicleList,
    classified: Sequence[ClassifiedVehicle],
) -> ClassifierReport:
    """The figures of both heads."""
    return ClassifierReport(
        data=data,
        model=card.name,
        sha256=card.sha256,
        vehicles=len(classified),
        left_out=listed.left_out,
        type=_head([type_verdict(each, classifier.types) for each in classified], classifier.types),
        colour=_head([colour_verdict(each, classifier.colours) for each in classified], classifier.colours),
    )


def type_verdict(vehicle: ClassifiedVehicle, types: Sequence[str]) -> Verdict | None:
    """What the model says of its type."""
    return verdict(vehicle.labelled.type, vehicle.appearance.type_probabilities, types)


def colour_verdict(vehicle: ClassifiedVehicle, colours: Sequence[str]) -> Verdict | None:
    """What the model says of its colour."""
    return verdict(vehicle.labelled.colour, vehicle.appearance.colour_probabilities, colours)


def _head(verdicts: Sequence[Verdict | None], names: Sequence[str]) -> HeadResult:
    return head_result([each for each in verdicts if each is not None], names)


def _path(vehicle: LabelledVehicle) -> Path:
    return vehicle.path
