"""`traffic simulate`: a road whose truth is known, as a video to try everything on."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from traffic.cli.output import remark, remarks
from traffic.cli.scene_config import require_replaceable, write_scene_config
from traffic.simulation import Scene, SceneSpec, SceneTruth, build_scene, builtin_spec, random_spec, write_scene

SIZE_MULTIPLE = 2
SMALLEST_SIDE = 128
SHORTEST_S = 5.0
"""In less time no vehicle gets through the view."""


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a picture."""

    width: int
    height: int


def _size(text: str) -> Size:
    width, _, height = text.lower().partition("x")
    sides = [int(side) for side in (width, height) if side.isdecimal()]
    if len(sides) != 2 or min(sides) < SMALLEST_SIDE or any(side % SIZE_MULTIPLE for side in sides):
        raise typer.BadParameter(
            f"expected WIDTHxHEIGHT in even pixels from {SMALLEST_SIDE} on, as in 1280x720; got {text!r}"
        )
    return Size(*sides)


def simulate(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The video to write (MP4).")],
    truth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the truth goes (JSON); beside the video, ending in .json, if none."),
    ] = None,
    config_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a config for the video, ready for `traffic run`.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=SHORTEST_S, metavar="S", help="How long; traffic stays as dense as it was.")
    ] = None,
    fps: Annotated[float | None, typer.Option(min=1, max=120, metavar="N", help="Frames a second.")] = None,
    size: Annotated[
        Size | None, typer.Option(parser=_size, metavar="WIDTHxHEIGHT", help="Pixels of the picture.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Another seed gives other vehicles.")] = None,
    *,
    random: Annotated[
        bool,
        typer.Option("--random/--builtin", help="A random camera, road and light, or the scene of the demonstration."),
    ] = False,
) -> None:
    """Film a simulated road: a video, its truth and, if wanted, a config that runs on it.

    The same options give the same scene, to the bit.
    """
    if config_out is not None:
        require_replaceable(config_out)
    base = random_spec(seed or 0) if random else builtin_spec()
    scene = build_scene(adapted(base, seconds=seconds, fps=fps, size=size, seed=seed))
    truth_path = truth or out.with_suffix(".json")
    try:
        written = _film(scene, out, truth_path)
        if config_out is not None:
            config_out.parent.mkdir(parents=True, exist_ok=True)
            write_scene_config(config_out, out, scene.spec, written)
    except OSError as error:
        raise typer.BadParameter(f"expected files that can be written, got: {error}") from error
    files = ", ".join(str(path) for path in (out, truth_path, config_out) if path is not None)
    remark(f"{len(scene)} frames, {len(written.vehicles)} vehicles: {files}")


def adapted(
    spec: SceneSpec, *, seconds: float | None, fps: float | None, size: Size | None, seed: int | None
) -> SceneSpec:
    """The same scene, longer or shorter, faster or slower, larger or smaller, or with other vehicles."""
    spec = replace(spec, fps=fps or spec.fps, seed=spec.seed if seed is None else seed)
    if size is not None:
        spec = _resized(spec, size)
    return spec if seconds is None else _lasting(spec, seconds)


def _resized(spec: SceneSpec, size: Size) -> SceneSpec:
    """The same field of view from left to right."""
    focal = spec.camera.focal_px * size.width / spec.camera.width
    return replace(spec, camera=replace(spec.camera, width=size.width, height=size.height, focal_px=focal))


def _lasting(spec: SceneSpec, seconds: float) -> SceneSpec:
    share, traffic = seconds / spec.duration_s, spec.traffic
    vehicles = max(1, round(traffic.vehicles * share))
    speeding = min(vehicles, round(traffic.speeding * share))
    wrong_way = min(vehicles - speeding, round(traffic.wrong_way * share))
    fewer = replace(traffic, vehicles=vehicles, speeding=speeding, wrong_way=wrong_way)
    return replace(spec, duration_s=seconds, traffic=fewer)


def _film(scene: Scene, out: Path, truth_path: Path) -> SceneTruth:
    """Under its name the video is always whole."""
    for path in (out, truth_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.part")
    columns = (TextColumn("filming"), BarColumn(), MofNCompleteColumn(), TextColumn("frames"), TimeRemainingColumn())
    try:
        with Progress(*columns, console=remarks(), transient=True) as bar:
            task = bar.add_task("filming", total=len(scene))
            written = write_scene(scene, partial, truth_path, lambda done, _: bar.update(task, completed=done))
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
    return written
