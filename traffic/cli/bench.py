"""`traffic bench`: how fast the chain is here, beside a plain loop of the usual libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from traffic.cli.output import print_json, print_table, remark
from traffic.cli.scene_config import scene_config
from traffic.cli.simulate import adapted
from traffic.config import CameraSettings, Config
from traffic.detection.detector import DetectorSettings
from traffic.simulation import build_scene, builtin_spec, write_scene
from traffic.telemetry import TelemetrySettings, configure_logging
from traffic.video.source import FileSource

if TYPE_CHECKING:
    from traffic.benchmark.report import BenchReport, Comparison, LapRow, StageTime

CLIP_CAMERA = "clip"
DEFAULT_MODEL = DetectorSettings().model
SECONDS, ROUNDS = 8.0, 3
LAP_FIGURES = ("frames/s", "ms/frame", "CPU ms/frame", "tracked boxes/frame")
RATIOS = ("the plain loop", "times as fast", "median", "times less CPU", "median CPU")
ENGINE_FIGURES = ("ms/frame", "CPU ms/frame", "times as fast as the first")


def bench(
    context: typer.Context,
    video: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The video to go through; the built-in scene if none.")
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", "-s", min=4, metavar="S", help="How much of the built-in scene.")
    ] = SECONDS,
    rounds: Annotated[
        int, typer.Option(min=1, metavar="N", help="How often each program goes through it, in turn.")
    ] = ROUNDS,
    model: Annotated[
        Path, typer.Option(metavar="CARD", help="The card of the vehicle detector that all of them run.")
    ] = DEFAULT_MODEL,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that was measured as one JSON object.")] = False,
) -> None:
    """Race the chain against a plain loop with the same model, in turn: frames a second, milliseconds, ratios.

    The plain loop is OpenCV, ONNX Runtime, `trackers` ByteTrack and an SQLite row a frame.

    It runs the graph as released, and rewritten to suit ONNX Runtime.

    Trust only ratios; where the machine does other work as well, those of CPU time.
    """
    if context.invoked_subcommand is not None:
        return
    from traffic.benchmark.race import run_race

    configure_logging(TelemetrySettings(log_level="warning"))
    with TemporaryDirectory(prefix="traffic-bench-") as temporary:
        folder = Path(temporary)
        config = _filmed(folder, seconds, model) if video is None else _clip(video, model)
        report = run_race(config, folder, rounds, remark)
    for line in report.missing:
        remark(line)
    if as_json:
        print_json(asdict(report))
    else:
        show(report)


def _clip(video: Path, model: Path) -> Config:
    camera = CameraSettings(id=CLIP_CAMERA, source=FileSource(path=video.absolute()))
    return Config(cameras=(camera,), detector=DetectorSettings(model=model.absolute()))


def _filmed(folder: Path, seconds: float, model: Path) -> Config:
    scene = build_scene(adapted(builtin_spec(), seconds=seconds, fps=None, size=None, seed=None))
    remark(f"filming {len(scene)} frames of the built-in scene")
    video = folder / "scene.mp4"
    truth = write_scene(scene, video, folder / "scene.json")
    return scene_config(video, scene.spec, truth, model=model.absolute())


def show(report: BenchReport) -> None:
    """The report as tables on standard output."""
    print_table(
        f"{report.laps[0].frames} frames of {report.width}x{report.height}, {report.cores} cores",
        ("program", "round", *LAP_FIGURES),
        [_lap(lap) for lap in report.laps],
        right=("round", *LAP_FIGURES),
    )
    if report.comparisons:
        print_table(
            "traffic run beside the plain loop, round by round", RATIOS, [_beside(c) for c in report.comparisons]
        )
    programs = tuple(dict.fromkeys(each.program for each in report.stages))
    print_table("Stages, wall ms/frame", ("stage", *programs), _stages(report.stages, programs), right=programs)
    print_table(
        "The network alone",
        ("engine", *ENGINE_FIGURES),
        [(each.engine, *_figures(each.wall_ms, each.cpu_ms, each.wall_ratio)) for each in report.engines],
        right=ENGINE_FIGURES,
    )


def _lap(lap: LapRow) -> tuple[str, ...]:
    figures = _figures(lap.frames_per_second, lap.wall_ms, lap.cpu_ms, lap.tracked_boxes / lap.frames)
    return (lap.program, str(lap.round), *figures)


def _beside(each: Comparison) -> tuple[str, ...]:
    wall, cpu = " ".join(_figures(*each.wall_ratios)), " ".join(_figures(*each.cpu_ratios))
    return each.against, wall, f"{each.wall_ratio:.2f}", cpu, f"{each.cpu_ratio:.2f}"


def _stages(times: Sequence[StageTime], programs: Sequence[str]) -> list[tuple[str, ...]]:
    cells = {(each.stage, each.program): f"{each.wall_ms:.2f} ({each.share:.0%})" for each in times}
    stages = dict.fromkeys(each.stage for each in times)
    return [(stage, *(cells.get((stage, program), "") for program in programs)) for stage in stages]


def _figures(*figures: float) -> tuple[str, ...]:
    return tuple(f"{figure:.2f}" for figure in figures)
