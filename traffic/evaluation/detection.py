"""How good a vehicle detector is on pictures that it was not trained on.

`python -m traffic.evaluation.detection CARD` prints it beside the COCO original.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Column, Table

from traffic.datatypes import VEHICLE_CLASSES, Int64Array
from traffic.detection.detector import VehicleDetector
from traffic.evaluation.average_precision import (
    IGNORED,
    TRUE_POSITIVE,
    AveragePrecision,
    Judged,
    average_precision,
    match,
)
from traffic.evaluation.detectors import Answer, Size, answers, open_coco_detector, open_detector
from traffic.evaluation.labelled_images import BoolArray, LabelledImage, load_sets, read_all
from traffic.geometry import box_areas, box_iou
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import ClassRecall, DetectorCard, Measurement, load_model_card, verified_model_path

COCO_FILE = Path("detectors/yolox_nano_coco_416.onnx")
"""Below the data folder."""
SIZES: tuple[Size, ...] = ((640, 384), (416, 416))
SAME_VEHICLE_IOU = 0.5
HIDDEN_SHARE = 0.2
"""A vehicle counts as unoccluded while no other label covers more of its box."""
THRESHOLDS = tuple(round(0.1 + 0.02 * step, 2) for step in range(31))
EXACT = InferenceSettings(precision="f32")
Pictures = Callable[[], Iterator[LabelledImage]]


def held_out_sets(data: Path) -> dict[str, Pictures]:
    """The held-out side of every published set, by name; read anew at each call."""

    def pictures(name: str) -> Pictures:
        return lambda: read_all(sets[name], data, held_out=True)

    sets = load_sets()
    return {name: pictures(name) for name in sets}


def evaluate_detector(detector: VehicleDetector, pictures: Pictures) -> AveragePrecision:
    """AP of all vehicles as one class."""
    return one_class_precision(list(answers(detector, pictures())))


def measure(
    model: Path, classes: Sequence[str], coco: Path, sets: Mapping[str, Pictures], sizes: Sequence[Size] = SIZES
) -> list[Measurement]:
    """A model's figures on each set and input (width, height) beside those of the COCO original.

    Args:
        model: the ONNX file.
        classes: its classes.
        coco: the COCO original's ONNX file.
        sets: held-out pictures by name.
        sizes: inputs (width, height).
    """
    measured = []
    for size in sizes:
        with open_detector(model, classes, size, EXACT) as ours, open_coco_detector(coco, size, EXACT) as original:
            measured += [_measurement(name, size, ours, original, pictures) for name, pictures in sets.items()]
    return measured


def one_class_precision(judged: Sequence[Answer]) -> AveragePrecision:
    """AP of all vehicles as one class."""
    return average_precision([beside_truth(answer, np.ones(len(VEHICLE_CLASSES), np.bool_)) for answer in judged])


def class_precision(judged: Sequence[Answer], class_names: Sequence[str]) -> AveragePrecision:
    """AP of the boxes whose label leaves open exactly these classes, found as any of them.

    Boxes whose label shares only some of the classes count neither for nor against.
    """
    wanted = np.array([name in class_names for name in VEHICLE_CLASSES])
    return average_precision([beside_truth(answer, wanted) for answer in judged])


def class_recalls(
    set_name: str, judged: Sequence[Answer], minimum_score: float, minimum_side_px: float = 0
) -> list[ClassRecall]:
    """Recall and class of the unoccluded vehicles whose label is certain and whose sides exceed `minimum_side_px`."""
    wanted = [_clear(answer, minimum_side_px) for answer in judged]
    found = np.concatenate([found_classes(a, minimum_score)[kept] for a, kept in zip(judged, wanted, strict=True)])
    truth = np.concatenate([a.allowed[kept].argmax(axis=1) for a, kept in zip(judged, wanted, strict=True)])
    return [_recall(set_name, int(index), found[truth == index]) for index in np.unique(truth)]


def f1(judged: Sequence[Answer], threshold: float) -> float:
    """F1 of the detections with at least this score, at IoU .5, all vehicles as one class."""
    hits = boxes = claims = 0
    for answer in judged:
        every = beside_truth(answer, np.ones(len(VEHICLE_CLASSES), np.bool_))
        strong = every.scores >= threshold
        verdicts = match(Judged(every.xyxy[strong], every.scores[strong], every.truth, every.ignore), SAME_VEHICLE_IOU)
        hits += int((verdicts == TRUE_POSITIVE).sum())
        claims += int((verdicts != IGNORED).sum())
        boxes += len(every.truth)
    return 2 * hits / max(1, boxes + claims)


def best_threshold(sets: Sequence[Sequence[Answer]]) -> float:
    """The score threshold of the best F1, averaged over the sets."""
    return max(THRESHOLDS, key=lambda threshold: sum(f1(judged, threshold) for judged in sets))


def data_folder() -> Path:
    """Where the sets lie: the environment's TRAFFIC_DATA."""
    return Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))


def _measurement(
    name: str, size: Size, ours: VehicleDetector, original: VehicleDetector, pictures: Pictures
) -> Measurement:
    judged = list(answers(ours, pictures()))
    precision, baseline = one_class_precision(judged), evaluate_detector(original, pictures)
    return Measurement(
        set=name,
        images=len(judged),
        boxes=precision.boxes,
        input_size=size,
        ap50=round(precision.ap50, 3),
        ap=round(precision.ap, 3),
        coco_ap50=round(baseline.ap50, 3),
        coco_ap=round(baseline.ap, 3),
    )


def beside_truth(answer: Answer, wanted: BoolArray) -> Judged:
    """The detections of the wanted classes (len(VEHICLE_CLASSES),) beside the boxes that are to be found as such."""
    is_region = ~answer.allowed.any(axis=1)
    if wanted.all():
        is_truth, is_other = ~is_region, is_region
    else:
        is_truth = (answer.allowed == wanted).all(axis=1)
        is_other = ~is_truth & (is_region | (answer.allowed & wanted).any(axis=1))
    kept = wanted[answer.found.class_ids]
    return Judged(answer.found.xyxy[kept], answer.found.scores[kept], answer.xyxy[is_truth], answer.xyxy[is_other])


def _clear(answer: Answer, minimum_side_px: float) -> BoolArray:
    sides = (answer.xyxy[:, 2:] - answer.xyxy[:, :2]).min(axis=1, initial=np.inf)
    top_left = np.maximum(answer.xyxy[:, None, :2], answer.xyxy[None, :, :2])
    bottom_right = np.minimum(answer.xyxy[:, None, 2:], answer.xyxy[None, :, 2:])
    shared = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    np.fill_diagonal(shared, 0)
    covered = shared.max(axis=1, initial=0) / np.maximum(box_areas(answer.xyxy), 1e-9)
    certain = answer.allowed.sum(axis=1) == 1
    return np.asarray(certain & (sides > minimum_side_px) & (covered <= HIDDEN_SHARE), np.bool_)


def found_classes(answer: Answer, minimum_score: float, iou: float = SAME_VEHICLE_IOU) -> Int64Array:
    """The class found for each true box, -1 where none was: greedy, best score first."""
    found = np.full(len(answer.xyxy), -1, np.int64)
    strong = np.flatnonzero(answer.found.scores >= minimum_score)
    strong = strong[np.argsort(-answer.found.scores[strong], kind="stable")]
    overlap = box_iou(answer.found.xyxy[strong], answer.xyxy)
    for row, class_id in enumerate(answer.found.class_ids[strong]):
        free = np.where(found < 0, overlap[row], 0)
        if len(free) and free.max() >= iou:
            found[free.argmax()] = class_id
    return found


def _recall(set_name: str, index: int, found: Int64Array) -> ClassRecall:
    hits = found[found >= 0]
    return ClassRecall(
        set=set_name,
        class_name=VEHICLE_CLASSES[index],
        vehicles=len(found),
        recall=round(len(hits) / len(found), 3),
        correct_class=round(float((hits == index).mean()), 3) if len(hits) else 0.0,
    )


def label_groups(judged: Sequence[Answer]) -> list[tuple[str, ...]]:
    """The sets of classes that labels leave open, but neither all nor none of them."""
    rows = np.unique(np.concatenate([answer.allowed for answer in judged]), axis=0)
    groups = [tuple(np.array(VEHICLE_CLASSES)[row].tolist()) for row in rows]
    return [group for group in groups if 0 < len(group) < len(VEHICLE_CLASSES)]


def _one_class_table(title: str, measured: Sequence[Measurement]) -> Table:
    table = Table(
        Column("set", no_wrap=True), "pictures", "boxes", "input", "AP50", "AP", "COCO AP50", "COCO AP", title=title
    )
    for line in measured:
        size = f"{line.input_size[0]}x{line.input_size[1]}"
        figures = (line.ap50, line.ap, line.coco_ap50 or 0, line.coco_ap or 0)
        table.add_row(line.set, str(line.images), str(line.boxes), size, *(f"{figure:.3f}" for figure in figures))
    return table


def _class_table(detector: VehicleDetector, original: VehicleDetector, sets: Mapping[str, Pictures]) -> Table:
    table = Table(
        Column("set", no_wrap=True),
        "label",
        "boxes",
        "AP50",
        "COCO AP50",
        title=f"by label, {SIZES[0][0]}x{SIZES[0][1]}",
    )
    for name, pictures in sets.items():
        ours, theirs = list(answers(detector, pictures())), list(answers(original, pictures()))
        for group in label_groups(ours):
            precision, baseline = class_precision(ours, group), class_precision(theirs, group)
            figures = (f"{precision.ap50:.3f}", f"{baseline.ap50:.3f}")
            table.add_row(name, " or ".join(group), str(precision.boxes), *figures)
    return table


def main(card: Annotated[Path, typer.Argument(help="the model's card")]) -> None:
    """Measure a model on the held-out pictures below TRAFFIC_DATA, beside the COCO original."""
    data, model, described = data_folder(), verified_model_path(card), load_model_card(card, DetectorCard)
    sets, coco = held_out_sets(data), data / COCO_FILE
    Console().print(_one_class_table(described.name, measure(model, described.classes, coco, sets)))
    with (
        open_detector(model, described.classes, SIZES[0], EXACT) as ours,
        open_coco_detector(coco, SIZES[0], EXACT) as theirs,
    ):
        Console().print(_class_table(ours, theirs, sets))


if __name__ == "__main__":
    typer.run(main)
