"""`traffic evaluate detector`: how good a detector is on pictures with labelled boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.evaluate_output import progress_bar, write_report
from traffic.cli.output import print_table, remark
from traffic.evaluation.report.page import percent

if TYPE_CHECKING:
    from traffic.evaluation.detector_results import ClassResult, DetectorReport
    from traffic.evaluation.picture_sources import PictureSource
    from traffic.inference.model_card import DetectorCard

CARD = Path("engines/vehicle_detector.yaml")
MEASURED, TOLD = "What is measured", "What is told"


class BoxFormat(str, Enum):
    """How the labels are written."""

    COCO = "coco"
    YOLO = "yolo"


def detector(
    data: Annotated[
        Path, typer.Argument(metavar="FOLDER|COCO.json", help="A YOLO folder (images/ and labels/), or COCO JSON.")
    ],
    model: Annotated[Path, typer.Option(metavar="CARD", rich_help_panel=MEASURED, help="The model's card.")] = CARD,
    layout: Annotated[
        BoxFormat | None, typer.Option("--format", help="How the labels are written; by the file's name if none.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where a COCO file's pictures lie, if not beside it.")
    ] = None,
    meanings: Annotated[
        list[str] | None,
        typer.Option(
            "--as",
            metavar="NAME=CLASS",
            help="What a class of the labels is in ours, e.g. bike=motorcycle or car=car,van. Repeatable.",
        ),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--set", metavar="NAME", help="The held-out side of a published set (vehicle_sets.yaml) below FOLDER."
        ),
    ] = None,
    size: Annotated[
        str | None, typer.Option(metavar="WxH", rich_help_panel=MEASURED, help="Network input; the card's if none.")
    ] = None,
    iou: Annotated[
        float,
        typer.Option(min=0.5, max=0.95, metavar="X", rich_help_panel=MEASURED, help="Overlap that counts as found."),
    ] = 0.5,
    score: Annotated[
        float | None,
        typer.Option(
            min=0.01, max=1, metavar="X", rich_help_panel=MEASURED, help="Score threshold; the card's if none."
        ),
    ] = None,
    peers: Annotated[
        list[str] | None,
        typer.Option(
            "--peer",
            metavar="NAME=FILE",
            rich_help_panel=MEASURED,
            help="Also a card (.yaml), or a YOLOX of COCO's 80 classes (.onnx). Repeatable.",
        ),
    ] = None,
    report_folder: Annotated[
        Path | None,
        typer.Option(
            "--report",
            file_okay=False,
            metavar="FOLDER",
            rich_help_panel=TOLD,
            help="Write detector.json and detector.html.",
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", rich_help_panel=TOLD, help="Print the report as JSON.")] = False,
) -> None:
    """COCO's twelve figures, precision and recall of a detector on labelled pictures, and its worst misses."""
    from traffic.evaluation.detector_evaluation import DetectorTask, candidate_of_card, evaluate_detectors, parse_peer
    from traffic.evaluation.detector_page import detector_page
    from traffic.inference.model_card import DetectorCard, load_model_card

    card = load_model_card(model, DetectorCard)
    candidates = [candidate_of_card(model), *(parse_peer(peer) for peer in peers or [])]
    source = _source(data, published, layout, images, meanings or [])
    task = DetectorTask(source, _size(size, card), iou, card.score_threshold if score is None else score)
    with progress_bar() as progress:
        report, misses = evaluate_detectors(candidates, task, progress)
    if report_folder:
        write_report(report_folder, "detector", report.model_dump_json(indent=1), detector_page(report, misses))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        show(report)


def show(report: DetectorReport) -> None:
    """The figures as a table on standard output, in percent."""
    columns = ("boxes", "AP", "AP50", "AP75", "small", "medium", "large", "AR", "precision", "recall", "right type")
    rows = [
        (model.name if index == 0 else "", each.label, *_row(each), percent(each.right_type))
        for model in report.models
        for index, each in enumerate((model.vehicles, *model.classes))
    ]
    width, height = report.input_size
    title = (
        f"{report.data}: {report.pictures} pictures, input {width}x{height}, IoU {report.iou:g}, score {report.score:g}"
    )
    print_table(title, ("model", "class", *columns), rows, right=columns)
    if report.without_labels:
        remark(f"{report.pictures} pictures, {report.without_labels} without a label file: counted as empty.")
    if report.left_out:
        remark("Left out, no vehicles: " + ", ".join(f"{count} {name}" for name, count in report.left_out.items()))


def _row(result: ClassResult) -> list[str]:
    coco, point = result.coco, result.point
    shares = (
        *(coco.ap, coco.ap50, coco.ap75, coco.ap_small, coco.ap_medium, coco.ap_large, coco.ar_100),
        *(point.precision, point.recall),
    )
    return [str(result.boxes), *map(percent, shares)]


def _source(
    data: Path, published: str | None, layout: BoxFormat | None, images: Path | None, meanings: list[str]
) -> PictureSource:
    from traffic.evaluation.formats.class_words import ClassWords
    from traffic.evaluation.picture_sources import labelled_source, published_source

    if published:
        _refuse_beside_set({"--format": layout, "--images": images, "--as": meanings})
        return published_source(data, published)
    return labelled_source(data, ClassWords.parse(meanings), layout.value if layout else None, images)


def _refuse_beside_set(options: Mapping[str, object]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        raise typer.BadParameter(
            f"expected --set alone, got {', '.join(given)} as well: a published set says itself how its labels are "
            "written and what they mean",
            param_hint="--set",
        )


def _size(text: str | None, card: DetectorCard) -> tuple[int, int]:
    if text is None:
        return card.input.default_size
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    sides = tuple(int(side) for side in match.groups()) if match else (0, 0)
    stride = card.input.stride
    if not all(side > 0 and side % stride == 0 for side in sides):
        raise typer.BadParameter(
            f"expected WIDTHxHEIGHT in multiples of {stride}, e.g. 640x384, got {text!r}", param_hint="--size"
        )
    return sides[0], sides[1]
