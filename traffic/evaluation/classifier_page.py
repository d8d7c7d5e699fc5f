"""The page of a vehicle classifier's figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from traffic.evaluation.classifier_evaluation import colour_verdict, type_verdict
from traffic.evaluation.classifier_results import ClassifiedVehicle, ClassifierReport, HeadResult, Verdict
from traffic.evaluation.picture_file import read_picture
from traffic.evaluation.report.page import Picture, Tile, gallery, matrix, page, percent, section, table, tiles
from traffic.evaluation.report.pictures import TRUTH, Outline, cut_out, data_uri

SHOWN = 24
Judge = Callable[[ClassifiedVehicle, Sequence[str]], Verdict | None]


def classifier_page(report: ClassifierReport, classified: Sequence[ClassifiedVehicle]) -> str:
    """The report as one HTML document, with the vehicles about which the model was most surely wrong."""
    left_out = f" {report.left_out} lines of the list are not held out and left out." if report.left_out else ""
    types, colours = report.type.confusion.labels, report.colour.confusion.labels
    return page(
        f"{report.model} on {report.data}",
        f"{report.vehicles} vehicles, {report.type.vehicles} of a known type and {report.colour.vehicles} of a known "
        f"colour.{left_out}",
        [
            tiles([*_headline("type", report.type), *_headline("colour", report.colour)]),
            _head_section("Types", report.type),
            _head_section("Colours", report.colour),
            _mistakes("Wrong types", [(each, type_verdict(each, types)) for each in classified]),
            _mistakes("Wrong colours", [(each, colour_verdict(each, colours)) for each in classified]),
        ],
    )


def _headline(kind: str, head: HeadResult) -> list[Tile]:
    return [
        Tile(f"{kind}: accuracy", percent(head.accuracy), f"% of {head.vehicles} vehicles"),
        Tile(f"{kind}: mean recall", percent(head.mean_recall), "%, each class weighs the same"),
    ]


def _head_section(title: str, head: HeadResult) -> str:
    rows = [
        (each.name, str(each.labelled), str(each.called), percent(each.precision), percent(each.recall))
        for each in head.classes
    ]
    return section(
        title,
        "A row for what the vehicle is, a column for what it was called; the share is of the row.",
        matrix(head.confusion, "label / answer"),
        table(("class", "labelled", "called so", "precision %", "recall %"), rows),
    )


def _mistakes(title: str, judged: Sequence[tuple[ClassifiedVehicle, Verdict | None]]) -> str:
    wrong = [(vehicle, verdict) for vehicle, verdict in judged if verdict is not None and not verdict.is_right]
    worst = sorted(wrong, key=lambda each: each[1].label_probability - each[1].probability)[:SHOWN]
    of_all = f" {len(worst)} of {len(wrong)}." if len(worst) < len(wrong) else ""
    lead = f"Surest first: the answer, its probability, and what is right.{of_all}" if worst else ""
    return section(f"{title}: {len(wrong)}", lead, gallery([_picture(*each) for each in worst], "None."))


def _picture(vehicle: ClassifiedVehicle, verdict: Verdict) -> Picture:
    labelled = vehicle.labelled
    shown = cut_out(read_picture(labelled.path), labelled.xyxy, [Outline.of_box(labelled.xyxy, TRUTH)], context=0.25)
    return Picture(
        data_uri(shown),
        f"{verdict.answer} {verdict.probability:.2f}",
        (f"is {verdict.label} ({verdict.label_probability:.2f})", labelled.path.name),
    )
