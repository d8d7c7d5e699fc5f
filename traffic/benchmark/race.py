"""The race: every program in turn, round after round, in one process, so that only ratios are left to tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from traffic.benchmark.chain import CaptureAlone, Chain
from traffic.benchmark.engines import engine_choices, letterboxed_frames, time_engines
from traffic.benchmark.lap import Lap, Program
from traffic.benchmark.report import BenchReport, Comparison, LapRow, StageTime, stage_times
from traffic.config import Config
from traffic.errors import ConfigError
from traffic.inference.model_card import verified_model_path
from traffic.video.capture import probe
from traffic.video.source import FileSource

OURS, ONE_THREAD, CAPTURE = "traffic run", "traffic run --synchronous", "our capture alone"
RELEASED, REWRITTEN = "graph as released", "Mish rewritten"
WARM_UP_FRAMES = 24
NEEDED = {
    "onnxruntime": "the plain loop and ONNX Runtime are left out",
    "trackers": "the plain loop is left out",
    "onnx": "ONNX Runtime is not timed on a graph that suits it",
    "openvino": "our chain runs on ONNX Runtime",
}
EXTRAS = {"openvino": "openvino"}


def run_race(config: Config, folder: Path, rounds: int, tell: Callable[[str], None]) -> BenchReport:
    """Measure our chain, the plain loops and the engines on the config's first camera, which plays a file.

    Args:
        config: with absolute paths.
        folder: where models, databases and evidence of the race go.
        rounds: that count; one shorter round before them does not.
        tell: called with a line on what is being done.

    Raises:
        TrafficError: the video or the model is unfit, or the first camera plays no file.
    """
    installed = frozenset(name for name in NEEDED if find_spec(name) is not None)
    if "openvino" not in installed:
        inference = config.inference.model_copy(update={"backend": "onnxruntime"})
        config = config.model_copy(update={"inference": inference})
    info = probe(_source(config))
    graphs = _graphs(config, folder, installed)
    plain = _plain_loops(config, folder, graphs) if {"onnxruntime", "trackers"} <= installed else ()
    laps = _laps([*plain, *_ours(config, folder)], rounds, tell)
    rows = {program: _rows(program, mine) for program, mine in laps.items()}
    tell("the network alone")
    choices = list(engine_choices(graphs, verified_model_path(config.detector.model), installed))
    return BenchReport(
        video=str(_source(config).path),
        width=info.width,
        height=info.height,
        cores=len(os.sched_getaffinity(0)),
        laps=tuple(row for program in (OURS, *(each.name for each in plain), ONE_THREAD) for row in rows[program]),
        comparisons=tuple(Comparison.of(rows[OURS], rows[each.name]) for each in plain),
        stages=_stages(laps, [each.name for each in plain]),
        engines=time_engines(choices, letterboxed_frames(config.cameras[0]), rounds),
        missing=tuple(_missing(name) for name in NEEDED if name not in installed),
    )


def _source(config: Config) -> FileSource:
    source = config.cameras[0].source
    if not isinstance(source, FileSource):
        raise ConfigError(
            f"expected a camera that plays a file, got kind {source.kind}", remedy="name one with --video"
        )
    return source


def _ours(config: Config, folder: Path) -> Sequence[Program]:
    one_thread = Chain(ONE_THREAD, config, folder, synchronous=True)
    return Chain(OURS, config, folder), one_thread, CaptureAlone(config, CAPTURE)


def _missing(package: str) -> str:
    return f'{package} is not installed, so {NEEDED[package]}: pip install "traffic[{EXTRAS.get(package, "bench")}]"'


def _graphs(config: Config, folder: Path, installed: frozenset[str]) -> Mapping[str, Path]:
    """The graphs for ONNX Runtime by name, that which suits it first; one only, if the released one does."""
    released = verified_model_path(config.detector.model)
    if "onnx" in installed:
        from traffic.benchmark.mish import rewrite_mish

        rewritten = folder / "rewritten.onnx"
        if rewrite_mish(released, rewritten):
            return {REWRITTEN: rewritten, RELEASED: released}
    return {RELEASED: released}


def _plain_loops(config: Config, folder: Path, graphs: Mapping[str, Path]) -> Sequence[Program]:
    from traffic.benchmark.plain_loop import PlainLoop

    camera = config.cameras[0]
    return [
        PlainLoop(
            name=f"plain loop, {name}",
            video=_source(config).path,
            model=model,
            folder=folder,
            input_size=camera.input_size,
            minimum_score=config.detector.minimum_score,
            maximum_iou=config.detector.maximum_iou,
            tracking=camera.tracker,
        )
        for name, model in graphs.items()
    ]


def _laps(programs: Sequence[Program], rounds: int, tell: Callable[[str], None]) -> dict[str, list[Lap]]:
    for program in programs:
        tell(f"warming up: {program.name}")
        program.run(WARM_UP_FRAMES)
    laps: dict[str, list[Lap]] = {program.name: [] for program in programs}
    for number in range(1, rounds + 1):
        for program in programs:
            tell(f"round {number} of {rounds}: {program.name}")
            laps[program.name].append(program.run())
    return laps


def _rows(program: str, laps: Sequence[Lap]) -> list[LapRow]:
    return [LapRow.of(program, number, lap) for number, lap in enumerate(laps, start=1)]


def _stages(laps: Mapping[str, Sequence[Lap]], plain: Sequence[str]) -> tuple[StageTime, ...]:
    """Ours with the capture's time of the same round before its own stages, then the plain loops'."""
    pairs = zip(laps[CAPTURE], laps[ONE_THREAD], strict=True)
    ours = [replace(chain, stage_s={**capture.stage_s, **chain.stage_s}) for capture, chain in pairs]
    theirs = [row for program in plain for row in stage_times(program, laps[program])]
    return (*stage_times(ONE_THREAD, ours), *theirs)
