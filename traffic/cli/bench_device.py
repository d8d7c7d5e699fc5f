"""`traffic bench device`: the steps from a plain engine to one that keeps up, on this machine's GPU."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.output import print_table, remark

if TYPE_CHECKING:
    from traffic.benchmark.ladder import RungResult

COLUMNS = ("step", "batch", "graph", "MB up a frame", "frames/s", "AP50", "AP")
SPEED_FRAMES = 80
MEGABYTE = 1e6


def device(
    kernels: Annotated[Path, typer.Option(metavar="FILE", help="libtraffic_kernels.so, built for this GPU.")],
    card: Annotated[Path, typer.Option(metavar="CARD", help="The vehicle detector.")] = Path(
        "engines/vehicle_detector.yaml"
    ),
    int8_card: Annotated[Path, typer.Option(metavar="CARD", help="The same in INT8.")] = Path(
        "engines/vehicle_detector_int8.yaml"
    ),
    plugin: Annotated[
        Path | None, typer.Option(metavar="FILE", help="libtraffic_plugin.so; without it the last step goes without.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=16, metavar="N", help="Frames of one inference.")] = 4,
    pictures: Annotated[int, typer.Option(min=1, metavar="N", help="Labelled pictures for the precision.")] = 100,
    engines: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the steps' own engines are kept, which no run is to take.")
    ] = Path("build/ladder-engines"),
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write ladder.json and ladder.md there, step by step.")
    ] = None,
) -> None:
    """Climb the five steps, and look at the vehicles after them: frames a second and average precision of each.

    Exit code 1 if one could not be run.
    """
    if engines.resolve() in {card.resolve().parent, int8_card.resolve().parent}:
        raise typer.BadParameter(
            f"--engines: expected a folder apart from the models in {engines}: nobody has checked what the steps' "
            "engines find, and a run would take them"
        )
    from traffic.benchmark.device_rungs import Parts, device_rungs
    from traffic.benchmark.ladder import Course, climb, drawn_pictures, scene_frames

    parts = Parts(card, int8_card, (640, 384), batch, kernels, engines, plugin)
    course = Course(scene_frames(SPEED_FRAMES), drawn_pictures(pictures), batch)
    climbed = climb(device_rungs(parts), course)
    results = list(climbed if out is None else written(climbed, out))
    _show(results)
    if any(each.problem for each in results):
        raise typer.Exit(1)


def _show(results: list[RungResult]) -> None:
    rows = [
        (
            each.name,
            str(each.batch),
            "yes" if each.graph else "no",
            f"{each.bytes_up / MEGABYTE:.1f}",
            _number(each.frames_per_second, 1),
            _number(each.ap50, 3),
            _number(each.ap, 3),
        )
        for each in results
    ]
    print_table("detection on this GPU", COLUMNS, rows, right=COLUMNS[1:])
    for each in results:
        if each.problem:
            remark(f"{each.name}: {each.problem}")


def written(climbed: Iterator[RungResult], folder: Path) -> Iterator[RungResult]:
    """The results as they come, each in the folder with those before it by then: a climb takes hours on a Jetson."""
    results: list[RungResult] = []
    for result in climbed:
        results.append(result)
        _write(results, folder)
        yield result


def _write(results: list[RungResult], folder: Path) -> None:
    from traffic.benchmark.ladder import as_markdown

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ladder.json").write_text(json.dumps([asdict(each) for each in results], indent=1) + "\n")
    (folder / "ladder.md").write_text(as_markdown(results))


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"
