"""`traffic evaluate classifier`: how good the vehicle classifier is on vehicles with known types and colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.evaluate_output import progress_bar, write_report
from traffic.cli.output import print_table, remark
from traffic.evaluation.report.page import percent

if TYPE_CHECKING:
    from traffic.evaluation.classifier_results import ClassifierReport, HeadResult

CARD = Path("engines/vehicle_classifier.yaml")


def classifier(
    vehicles: Annotated[
        Path, typer.Argument(metavar="LIST.csv", help="Columns image,x1,y1,x2,y2,type,colour; empty is not known.")
    ],
    model: Annotated[Path, typer.Option(metavar="CARD", help="The model's card.")] = CARD,
    images: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="What the list's picture names are relative to.")
    ] = None,
    report_folder: Annotated[
        Path | None,
        typer.Option("--report", file_okay=False, metavar="FOLDER", help="Write classifier.json and classifier.html."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Accuracy and confusions of type and colour; only lines that are held out, where the list has a column split."""
    from traffic.evaluation.classifier_evaluation import classifier_report, classify_all, open_classifier
    from traffic.evaluation.classifier_page import classifier_page
    from traffic.evaluation.formats.rows import short_name
    from traffic.evaluation.formats.vehicle_list import read_vehicle_list

    with open_classifier(model) as (card, opened), progress_bar() as progress:
        listed = read_vehicle_list(vehicles, opened.types, opened.colours, images)
        classified = classify_all(opened, listed.vehicles, progress)
        report = classifier_report(short_name(vehicles), card, opened, listed, classified)
    if report_folder:
        write_report(report_folder, "classifier", report.model_dump_json(indent=1), classifier_page(report, classified))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        show(report)


def show(report: ClassifierReport) -> None:
    """The figures of types and colours as two tables on standard output, in percent."""
    for kind, head in (("types", report.type), ("colours", report.colour)):
        columns = ("vehicles", "called so", "precision", "recall")
        title = f"{kind} of {head.vehicles} vehicles: {percent(head.accuracy)} % right"
        print_table(title, (kind[:-1], *columns), _rows(head), right=columns)
    if report.left_out:
        remark(f"Left out, not held out from training: {report.left_out} lines.")


def _rows(head: HeadResult) -> list[tuple[str, ...]]:
    return [
        (each.name, str(each.labelled), str(each.called), percent(each.precision), percent(each.recall))
        for each in head.classes
    ]
