"""The page of a detector's figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from traffic.evaluation.detector_misses import DetectorMisses, Miss, Worst
from traffic.evaluation.detector_results import OR, ClassResult, DetectorReport, DetectorResult
from traffic.evaluation.metrics.coco import FIGURES, CocoFigures
from traffic.evaluation.report.page import (
    Picture,
    Tile,
    gallery,
    matrix,
    page,
    percent,
    section,
    side_by_side,
    table,
    tiles,
)
from traffic.evaluation.report.pictures import data_uri
from traffic.evaluation.report.plots import Axis, Mark, Series, line_plot

HEADINGS = (
    "AP",
    "AP50",
    "AP75",
    "AP small",
    "medium",
    "large",
    "AR 1",
    "AR 10",
    "AR 100",
    "AR small",
    "medium",
    "large",
)
RECALL, PRECISION = Axis("recall"), Axis("precision")


def detector_page(report: DetectorReport, misses: DetectorMisses) -> str:
    """The report as one HTML document."""
    ours = report.models[0]
    width, height = report.input_size
    return page(
        f"{ours.name} on {report.data}",
        f"{counted_pictures(report)}, {ours.vehicles.boxes} vehicles, input {width} x {height}. {_left_out(report)}",
        [
            tiles(_headline(ours.vehicles)),
            _coco_section(report),
            _point_section(report),
            _curve_section(report),
            _type_section(report),
            *_miss_sections(report, misses),
        ],
    )


def counted_pictures(report: DetectorReport) -> str:
    """How many pictures, and how many of them count as empty because nobody wrote labels for them."""
    empty = f" ({report.without_labels} without a label file: counted as empty)" if report.without_labels else ""
    return f"{report.pictures} pictures{empty}"


def _headline(vehicles: ClassResult) -> list[Tile]:
    point = vehicles.point
    return [
        Tile("AP50, all vehicles", percent(vehicles.coco.ap50), "average precision at IoU .50, %"),
        Tile("AP, all vehicles", percent(vehicles.coco.ap), "mean over IoU .50 to .95, %"),
        Tile("precision", percent(point.precision), f"{point.false} false detections"),
        Tile("recall", percent(point.recall), f"{point.missed} missed vehicles"),
    ]


def _coco_section(report: DetectorReport) -> str:
    rows: list[tuple[str, ...]] = []
    for model in report.models:
        rows += [(model.name,), *((each.label, str(each.boxes), *_coco(each.coco)) for each in _results(model))]
        rows += [("mean over classes", "", *_coco(model.mean))] if len(model.classes) > 1 else []
    lead = (
        "Average precision (AP) and average recall (AR) in percent, over IoU .50 to .95 where nothing else is said. "
        "Small is less than 32 x 32 pixels of the picture, large more than 96 x 96. AR 1, 10 and 100: with the best so "
        "many detections of a picture."
    )
    return section("COCO's twelve figures", lead, table(("class", "boxes", *HEADINGS), rows))


def _results(model: DetectorResult) -> tuple[ClassResult, ...]:
    return (model.vehicles, *model.classes)


def _coco(figures: CocoFigures) -> list[str]:
    return [percent(getattr(figures, name)) for name in FIGURES]


def _point_section(report: DetectorReport) -> str:
    rows: list[tuple[str, ...]] = []
    for model in report.models:
        rows += [
            (model.name,),
            *((each.label, *_point(each), percent(each.right_type)) for each in _results(model)),
        ]
    lead = (
        f"Detections with a score of at least {report.score:g}; right is an overlap (IoU) of at least {report.iou:g}. "
        "Right type: of the vehicles that were found as anything, the share called what the label says."
    )
    columns = ("class", "boxes", "found", "missed", "false", "precision %", "recall %", "F1 %", "right type %")
    return section("At the chosen score", lead, table(columns, rows))


def _point(result: ClassResult) -> list[str]:
    point = result.point
    counts = (result.boxes, point.found, point.missed, point.false)
    return [*map(str, counts), percent(point.precision), percent(point.recall), percent(point.f1)]


def _curve_section(report: DetectorReport) -> str:
    ours = report.models[0]
    point = ours.vehicles.point
    marks = [Mark(point.recall or 0, point.precision or 0, f"score {report.score:g}")] if point.precision else []
    models = [Series(each.name, *_recall_curve(each.vehicles), is_faint=each is not ours) for each in report.models]
    classes = [Series(f"{each.label} ({each.boxes})", *_recall_curve(each)) for each in ours.classes]
    plots = [(line_plot("precision over recall", RECALL, PRECISION, models, marks), "All vehicles as one class.")]
    if classes:
        plots.append((line_plot("precision over recall by class", RECALL, PRECISION, classes), "Class by class."))
    plots.append((_score_plot(ours, report.score), "What another score threshold would give, all vehicles."))
    return section("Precision and recall", f"At an overlap (IoU) of at least {report.iou:g}.", side_by_side(*plots))


def _recall_curve(result: ClassResult) -> tuple[np.ndarray, np.ndarray]:
    precision = np.array(result.precision_at_recall)
    reached = precision > 0
    return np.linspace(0, 1, len(precision))[reached], precision[reached]


def _score_plot(ours: DetectorResult, score: float) -> str:
    over = ours.vehicles.over_scores
    scores = np.array(over.scores)
    lines = [Series("precision", scores, np.array(over.precision)), Series("recall", scores, np.array(over.recall))]
    here = Series(f"score {score:g}", np.array([score, score]), np.array([0.0, 1.0]), is_faint=True)
    return line_plot("precision and recall over the score", Axis("score threshold"), Axis("share"), [*lines, here])


def _type_section(report: DetectorReport) -> str:
    if not report.models[0].types.labels:
        return ""
    parts = [matrix(model.types, f"{model.name}: label / answer", _leaves_open) for model in report.models]
    lead = "What the vehicles of each class were called at the chosen score; the share is of the row."
    return section("Types", lead, *parts)


def _leaves_open(label: str, answer: str) -> bool:
    return answer in label.split(OR)


def _miss_sections(report: DetectorReport, misses: DetectorMisses) -> list[str]:
    drawn = "Largest first. Green is the label, red is what the detector says."
    return [
        _misses("Missed vehicles", drawn, misses.missed, f"No vehicle is missed at score {report.score:g}."),
        _misses("False detections", drawn, misses.false, f"No detection is false at score {report.score:g}."),
        _misses("Wrong types", drawn, misses.wrong_type, "Every vehicle that is found is called what it is."),
    ]


def _misses(title: str, lead: str, worst: Worst, otherwise: str) -> str:
    shown = worst.largest_first()
    of_all = f" {len(shown)} of {worst.seen}." if len(shown) < worst.seen else ""
    return section(f"{title}: {worst.seen}", (lead + of_all) if shown else "", gallery(_pictures(shown), otherwise))


def _pictures(misses: Sequence[Miss]) -> list[Picture]:
    return [
        Picture(data_uri(each.shown), _headline_of(each), (_size(each), Path(each.picture).name)) for each in misses
    ]


def _headline_of(miss: Miss) -> str:
    if not miss.label:
        return f"{miss.answer}, score {miss.score:.2f}"
    if miss.answer:
        return f"{miss.label}, called {miss.answer}"
    return f"{miss.label}, seen at {miss.score:.2f} only" if miss.score else f"{miss.label}, not seen"


def _size(miss: Miss) -> str:
    x1, y1, x2, y2 = miss.xyxy
    return f"{x2 - x1:.0f} x {y2 - y1:.0f} pixels at {x1:.0f}, {y1:.0f}"


def _left_out(report: DetectorReport) -> str:
    words = ", ".join(f"{count} {name}" for name, count in sorted(report.left_out.items()))
    return f"Labels left out: {words}." if words else ""
