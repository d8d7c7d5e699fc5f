"""`traffic evaluate plates`: how well plates are found and read in photos with known plates."""

from __future__ import annotations

from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.evaluate_output import progress_bar, write_report
from traffic.cli.output import print_table
from traffic.evaluation.report.page import percent

if TYPE_CHECKING:
    from traffic.evaluation.plate_results import PlateReport, PlateSystemResult

LOCATOR, READER = Path("engines/plate_locator.yaml"), Path("engines/plate_reader.yaml")
DETECTOR = Path("engines/vehicle_detector.yaml")
MODELS = "Which models"


class Search(str, Enum):
    """Where our locator looks for plates."""

    VEHICLES = "vehicles"
    PICTURE = "picture"
    BOTH = "both"


def plates(
    photos: Annotated[
        Path, typer.Argument(metavar="LIST.csv", help="Columns image,x1,y1,x2,y2,text and, if wanted, quality.")
    ],
    images: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the photos lie, if not beside the list.")
    ] = None,
    locator: Annotated[Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="Finds plates.")] = LOCATOR,
    reader: Annotated[Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="Reads plates.")] = READER,
    detector: Annotated[
        Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="Finds the vehicles to be searched.")
    ] = DETECTOR,
    search: Annotated[
        Search, typer.Option(rich_help_panel=MODELS, help="Where the locator looks for plates.")
    ] = Search.VEHICLES,
    peers: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", rich_help_panel=MODELS, help="Also the peers' models of this folder; see docs/models.md."
        ),
    ] = None,
    report_folder: Annotated[
        Path | None,
        typer.Option("--report", file_okay=False, metavar="FOLDER", help="Write plates.json and plates.html."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Exact match, character errors and what confidence is worth, in the labels' boxes and from end to end."""
    from traffic.evaluation.formats.plate_list import read_plate_list
    from traffic.evaluation.formats.rows import short_name
    from traffic.evaluation.our_plates import open_our_plates
    from traffic.evaluation.plate_evaluation import plate_report, run_system
    from traffic.evaluation.plate_page import plate_page
    from traffic.evaluation.plate_peers import open_plate_peers

    listed = read_plate_list(photos, images)
    with ExitStack() as stack:
        ours = stack.enter_context(open_our_plates(locator, reader, detector, search.value))
        progress = stack.enter_context(progress_bar())
        systems = [ours, *(open_plate_peers(peers) if peers else [])]
        answers = [run_system(system, listed, progress) for system in systems]
    report = plate_report(short_name(photos), search.value, len(listed), answers)
    if report_folder:
        write_report(report_folder, "plates", report.model_dump_json(indent=1), plate_page(report, answers[0]))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        show(report)


def show(report: PlateReport) -> None:
    """The figures as a table on standard output, in percent."""
    columns = ("located", "exact in box", "errors in box", "exact end to end", "errors end to end")
    title = f"{report.data}: {report.photos} photos, {report.plates} plates; percent"
    print_table(title, ("system", *columns), [_row(each) for each in report.systems], right=columns)


def _row(system: PlateSystemResult) -> tuple[str, ...]:
    given, found = system.given, system.found
    shares = (
        system.located,
        *(given.exact, given.character_error_rate),
        *(found.exact, found.character_error_rate),
    )
    return (system.name, *map(percent, shares))
