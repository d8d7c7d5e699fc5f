"""The detector's network alone on each backend."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event

import numpy as np

from traffic.benchmark.lap import MILLISECONDS, Stopwatch
from traffic.config import CameraSettings
from traffic.datatypes import UInt8Array
from traffic.detection.yolox import letterbox_into
from traffic.feed import BATCH_FRAMES
from traffic.inference.engine import Engine, InferenceSettings
from traffic.models import open_engine
from traffic.video.capture import open_capture

BATCHES = 8


@dataclass(frozen=True, slots=True)
class EngineTime:
    """Medians over the rounds of one engine on the same letterboxed frames.

    Attributes:
        engine: backend, precision and graph.
        wall_ms, cpu_ms: a frame.
        wall_ratio: how many times as long the first engine of the table takes, the median of the rounds' ratios.
    """

    engine: str
    wall_ms: float
    cpu_ms: float
    wall_ratio: float


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine to time: its name in the table, its model file and its settings."""

    name: str
    model: Path
    settings: InferenceSettings


def engine_choices(graphs: Mapping[str, Path], released: Path, installed: frozenset[str]) -> Iterator[EngineChoice]:
    """ONNX Runtime on each graph, OpenVINO in each precision that the CPU computes itself."""
    if "onnxruntime" in installed:
        for name, path in graphs.items():
            yield EngineChoice(f"ONNX Runtime f32, {name}", path, InferenceSettings(backend="onnxruntime"))
    if "openvino" in installed:
        import openvino

        yield EngineChoice("OpenVINO f32", released, InferenceSettings(precision="f32"))
        if "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            yield EngineChoice("OpenVINO bf16", released, InferenceSettings(precision="bf16"))


def time_engines(choices: list[EngineChoice], pictures: UInt8Array, rounds: int) -> tuple[EngineTime, ...]:
    """Time the engines in turn, after one round that does not count; batches are as large as the chain's.

    Args:
        choices: what to time; the first one is what the others are held against.
        pictures: (n, h, w, 3) letterboxed.
        rounds: that count.
    """
    size = (pictures.shape[2], pictures.shape[1])
    with ExitStack() as stack:
        engines = [stack.enter_context(open_engine(each.model, size, each.settings)) for each in choices]
        times = [[_time(engine, pictures) for engine in engines] for _ in range(rounds + 1)][1:]
    rows = zip(choices, zip(*times, strict=True), strict=True)
    return tuple(
        EngineTime(
            choice.name,
            wall_ms=statistics.median(wall for wall, _ in mine),
            cpu_ms=statistics.median(cpu for _, cpu in mine),
            wall_ratio=statistics.median(first[0][0] / wall for first, (wall, _) in zip(times, mine, strict=True)),
        )
        for choice, mine in rows
    )


def letterboxed_frames(camera: CameraSettings) -> UInt8Array:
    """Some frames (n, h, w, 3) from the start of the camera's file, as the engines take them."""
    width, height = camera.input_size
    with open_capture(camera.id, camera.source, stop=Event(), on_health=lambda _: None) as capture:
        images = [frame.image for frame in islice(capture, BATCHES * BATCH_FRAMES)]
    canvas = np.empty((len(images), height, width, 3), np.uint8)
    for picture, image in zip(canvas, images, strict=True):
        letterbox_into(picture, image)
    return canvas


def _time(engine: Engine, pictures: UInt8Array) -> tuple[float, float]:
    """Wall and CPU milliseconds a picture."""
    watch = Stopwatch()
    for start in range(0, len(pictures), BATCH_FRAMES):
        engine.infer(pictures[start : start + BATCH_FRAMES])
    wall_s, cpu_s = watch.elapsed_s()
    return wall_s * MILLISECONDS / len(pictures), cpu_s * MILLISECONDS / len(pictures)
