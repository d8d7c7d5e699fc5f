"""`traffic evaluate passages`: what many frames of a vehicle tell of its plate that one does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.evaluate_output import progress_bar, write_report
from traffic.cli.output import print_table, remark

if TYPE_CHECKING:
    from traffic.evaluation.passages_results import PassagesReport
    from traffic.plates.recorded import KnownPassage

LOCATOR, READER = Path("engines/plate_locator.yaml"), Path("engines/plate_reader.yaml")
CONSENSUS = Path("engines/plate_consensus.json")
PASSAGES, STRESS, SEED = 2000, 200, 2
COUNTRIES = ["ru", "kz", "by", "eu", "us", "br"]
MODELS, PLATES = "Which models", "Which plates"


def passages(
    count: Annotated[
        int, typer.Option("--passages", min=1, metavar="N", help="How many rendered passages.")
    ] = PASSAGES,
    stress: Annotated[
        int, typer.Option(min=0, metavar="N", help="Passages of each plate height, for the table of heights.")
    ] = STRESS,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Another one gives other passages; 1 has those that were fitted to.")
    ] = SEED,
    readings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npz", help="Keep the readings here; where they are kept, nothing is drawn and read again."
        ),
    ] = None,
    real: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.npz", help="Also readings of clips, scenes and photos; repeat for several."),
    ] = None,
    locator: Annotated[Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="Finds plates.")] = LOCATOR,
    reader: Annotated[Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="Reads plates.")] = READER,
    consensus: Annotated[
        Path, typer.Option(metavar="CARD", rich_help_panel=MODELS, help="What the consensus was fitted to.")
    ] = CONSENSUS,
    country: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", rich_help_panel=PLATES, help="Whose are expected; repeat for several, all if none."
        ),
    ] = None,
    minimum_probability: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="P", rich_help_panel=PLATES, help="From this on one is put on record."),
    ] = 0.2,
    certain_probability: Annotated[
        float, typer.Option(min=0, max=1, metavar="P", rich_help_panel=PLATES, help="From this on one is certain.")
    ] = 0.98,
    report_folder: Annotated[
        Path | None,
        typer.Option(
            "--report", file_okay=False, metavar="FOLDER", help="Write passages.json, passages.html and the plot."
        ),
    ] = None,
    *,
    fitted: Annotated[
        bool,
        typer.Option("--fitted/--unfitted", rich_help_panel=MODELS, help="With the card, or as nothing was fitted."),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Exact match of single frames and of the consensus on rendered passages, and what its probability is worth.

    A vehicle with a drawn plate goes by a roadside camera, day and night, at 20 to 120 km/h; our locator and reader
    look at each frame, and their errors count.
    """
    from traffic.evaluation.passages_consensus import open_consensus
    from traffic.evaluation.passages_page import passages_page
    from traffic.evaluation.passages_plot import reliability_plot
    from traffic.evaluation.passages_results import Told, passages_report
    from traffic.inference.model_card import sha256_of
    from traffic.plates.recorded import read_known_passages

    countries = country or COUNTRIES
    cards = (locator, reader, consensus) if fitted else (locator, reader)
    told = Told(
        open_consensus(consensus if fitted else None, countries, certain_probability),
        minimum_probability,
        tuple(countries),
        {card.name: sha256_of(card) for card in cards},
    )
    known = _known(readings, lambda: _drawn(locator, reader, seed, count, stress))
    others = [passage for file in real or () for passage in read_known_passages(file)]
    report, judged = passages_report(known, told, others)
    if report_folder:
        write_report(report_folder, "passages", report.model_dump_json(indent=1), passages_page(report, judged))
        (report_folder / "reliability.svg").write_text(reliability_plot(report.calibration), encoding="utf-8")
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        show(report)


def _known(file: Path | None, drawn: Callable[[], list[KnownPassage]]) -> list[KnownPassage]:
    """The readings of a file, or new ones, which are then kept there."""
    from traffic.plates.recorded import read_known_passages, write_known_passages

    if file is not None and file.exists():
        remark(f"Readings kept in {file}; another file, and they are made anew.")
        return list(read_known_passages(file))
    known = drawn()
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_known_passages(file, known)
    return known


def _drawn(locator: Path, reader: Path, seed: int, count: int, stress: int) -> list[KnownPassage]:
    from traffic.evaluation.passages_reading import open_plate_recognizer, read_rendered, read_stress, seeds_of

    with open_plate_recognizer(locator, reader) as recognizer, progress_bar() as progress:
        usual = read_rendered(recognizer, seeds_of(seed, count), progress=progress)
        return usual + read_stress(recognizer, seed, stress, progress)


def show(report: PassagesReport) -> None:
    """The figures as tables on standard output, in percent."""
    from traffic.evaluation.passages_page import COLUMNS, group_row

    groups = {
        "all, day and night, speed": (report.overall, *report.by_daytime, *report.by_speed),
        "day and night by speed": report.by_daytime_and_speed,
        "greatest plate height": report.by_height,
        "stress: one height each": report.stress,
        "country": report.by_country,
        "clips, scenes and photos": report.real,
    }
    for title, rows in groups.items():
        if rows:
            print_table(
                f"{title}; percent", ("passages of", *COLUMNS), [group_row(each) for each in rows], right=COLUMNS
            )
    error = report.calibration.expected_error
    remark(f"Calibration error {'–' if error is None else f'{error:.4f}'} over {report.calibration.count} plates.")
