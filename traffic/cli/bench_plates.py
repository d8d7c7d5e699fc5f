"""`traffic bench plates`: whether the chain keeps up with a camera that always has ten vehicles in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.output import print_json, print_table, remark
from traffic.detection.detector import DetectorSettings
from traffic.plates.reader import PlateSettings

if TYPE_CHECKING:
    from traffic.benchmark.plates import PlateLoad

DEFAULT_MODEL = DetectorSettings().model
SECONDS, ROUNDS, VEHICLES = 8.0, 3, 10
COLUMNS = (
    "frames/s",
    "ms/frame",
    "CPU ms/frame",
    "frames/s of a free core",
    "keeps up with 25/s",
    "vehicles/frame",
    "plates read/s of video",
)


def plates(
    seconds: Annotated[float, typer.Option("--seconds", "-s", min=2, metavar="S", help="How much video.")] = SECONDS,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="How often each variant runs, in turn.")] = ROUNDS,
    vehicles: Annotated[int, typer.Option(min=1, max=16, metavar="N", help="Vehicles in view.")] = VEHICLES,
    model: Annotated[Path, typer.Option(metavar="CARD", help="The card of the vehicle detector.")] = DEFAULT_MODEL,
    budget: Annotated[
        float | None, typer.Option(min=1, metavar="N", help="Plates a second at most; as shipped if none.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was measured as one JSON array.")] = False,
) -> None:
    """Time the chain on drawn 1920x1080 frames full of vehicles, with the budget for plates and without.

    The round with the median CPU time counts. Where the machine does other work as well, trust CPU times.
    """
    from traffic.benchmark.plates import film_crowd, plate_variants, time_plates
    from traffic.telemetry import TelemetrySettings, configure_logging

    configure_logging(TelemetrySettings(log_level="warning"))
    with TemporaryDirectory(prefix="traffic-bench-") as temporary:
        folder = Path(temporary)
        remark(f"filming {seconds:g} s with {vehicles} vehicles in view")
        film_crowd(folder / "crowd.mp4", seconds, vehicles)
        loads = time_plates(folder / "crowd.mp4", folder, model, plate_variants(_settings(budget)), rounds, remark)
    if as_json:
        print_json([asdict(each) for each in loads])
    else:
        show(loads)


def _settings(budget: float | None) -> PlateSettings:
    """As shipped, in the folder that the command is given in."""
    shipped = PlateSettings()
    files = ("locator", "reader", "consensus")
    paths = {name: path.absolute() for name in files if (path := getattr(shipped, name)) is not None}
    return shipped.model_copy(update=paths if budget is None else {**paths, "maximum_per_second": budget})


def show(loads: Sequence[PlateLoad]) -> None:
    """The variants as a table on standard output."""
    print_table("The whole chain, 1920x1080", ("plates", *COLUMNS), [_row(each) for each in loads], right=COLUMNS)


def _row(load: PlateLoad) -> tuple[str, ...]:
    times = (load.frames_per_second, load.wall_ms, load.cpu_ms, load.core_frames_per_second)
    counts = (load.vehicles, load.read_per_second)
    answer = "yes" if load.keeps_up else "no"
    return (load.name, *(f"{each:.1f}" for each in times), answer, *(f"{each:.1f}" for each in counts))
