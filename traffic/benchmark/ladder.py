"""The steps from a plain TensorRT engine to 30 frames a second, each measured in speed and in precision.

They are those of docs/gpu.md: plain Python in FP32, FP16, INT8, buffers made once with CUDA preprocessing, the Mish
plugin with suppression on the GPU; and after these five, vehicles classified and plates read from the same frames.
What the steps are timed with is theirs: on a GPU the events of CUDA.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Detections, Frame, UInt8Array
from traffic.errors import ModelError
from traffic.evaluation.detection import one_class_precision
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.simulation import build_scene, builtin_spec, labelled_sample

CAMERA_ID = "ladder"
FIRST_SEED = 1_000_000
"""Of the drawn pictures; no weights are trained on these seeds."""
FIRST_SCENE_FRAME, SCENE_SIZE = 200, (1920, 1080)
WARM_BATCHES = 3
MEGABYTE = 1e6
Stopwatch = Callable[[Callable[[], None]], float]
"""Seconds from the start of the work to its end."""


def wall_seconds(work: Callable[[], None]) -> float:
    """By this machine's clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Detector(Protocol):
    """A detection stage."""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """The vehicles of each frame."""
        ...


@dataclass(frozen=True)
class Rung:
    """One step.

    Attributes:
        name: what it does.
        open: gives its detector for CAMERA_ID.
        bytes_up: what it sends to the device for a frame of the scene, where the device has memory of its own.
        batch: pictures of one inference.
        graph: whether inferences are launched as CUDA graphs.
        shares_memory: whether the device works in this machine's memory, asked once the step is open.
        stopwatch: times it.
    """

    name: str
    open: Callable[[], AbstractContextManager[Detector]]
    bytes_up: int = 0
    batch: int = 1
    graph: bool = False
    shares_memory: Callable[[], bool] = lambda: False
    stopwatch: Stopwatch = wall_seconds


@dataclass(frozen=True, slots=True)
class RungResult:
    """What one step is worth.

    Attributes:
        name: the step's.
        frames_per_second: of detection alone, frames already decoded; None where the step could not be run.
        ap50, ap: of all vehicles as one class on drawn pictures; None likewise.
        problem: why it could not be run, empty where it could.
        bytes_up: what is sent to the device for a frame; 0 where it shares this machine's memory.
        batch, graph: see Rung.
    """

    name: str
    frames_per_second: float | None
    ap50: float | None
    ap: float | None
    problem: str = ""
    bytes_up: int = 0
    batch: int = 1
    graph: bool = False


@dataclass(frozen=True, eq=False)
class Course:
    """What every step is measured on.

    Attributes:
        frames: for the speed, all of one size, already decoded.
        pictures: for the precision, labelled.
        batch: frames of one call.
        rounds: how often the frames are gone through; the best round counts.
    """

    frames: Sequence[Frame]
    pictures: Sequence[LabelledImage]
    batch: int = 4
    rounds: int = 3


def climb(rungs: Sequence[Rung], course: Course) -> Iterator[RungResult]:
    """Measure the steps one after the other; one that cannot be run does not keep the next from being tried."""
    for rung in rungs:
        yield _climbed(rung, course)


def scene_frames(count: int) -> list[Frame]:
    """Frames of the built-in scene, 1920x1080, from where traffic is dense."""
    scene = build_scene(builtin_spec())
    return [_frame(index, scene.render(FIRST_SCENE_FRAME + index)) for index in range(count)]


def drawn_pictures(count: int) -> list[LabelledImage]:
    """Drawn frames with their labels, never trained on; vehicles that are mostly hidden are regions to ignore."""
    return [_drawn(FIRST_SEED + index) for index in range(count)]


def found_in(detector: Detector, pictures: Iterable[LabelledImage]) -> Iterator[Answer]:
    """What a detector for CAMERA_ID finds in each picture, one at a time."""
    for index, picture in enumerate(pictures):
        (found,) = detector.detect([_frame(index, picture.image)])
        yield Answer(picture.xyxy, picture.allowed, found)


def as_markdown(results: Sequence[RungResult]) -> str:
    """The results as a table."""
    lines = ["| step | batch | graph | MB up a frame | frames/s | AP50 | AP |", "|---|---|---|---|---|---|---|"]
    rows = [f"| {each.name} | {_way(each)} | {_figures(each)} |" for each in results]
    return "\n".join(lines + rows) + "\n"


def _way(result: RungResult) -> str:
    return f"{result.batch} | {'yes' if result.graph else 'no'} | {result.bytes_up / MEGABYTE:.1f}"


def _figures(result: RungResult) -> str:
    if result.frames_per_second is None or result.ap50 is None or result.ap is None:
        return f"could not be run: {result.problem.splitlines()[0]} | | "
    return f"{result.frames_per_second:.1f} | {result.ap50:.3f} | {result.ap:.3f}"


def _climbed(rung: Rung, course: Course) -> RungResult:
    try:
        with rung.open() as detector:
            precision = one_class_precision(list(found_in(detector, course.pictures)))
            speed = _speed(detector, course, rung.stopwatch)
            sent = 0 if rung.shares_memory() else rung.bytes_up
            return RungResult(rung.name, speed, precision.ap50, precision.ap, "", sent, rung.batch, rung.graph)
    except ModelError as error:
        return RungResult(rung.name, None, None, None, str(error), rung.bytes_up, rung.batch, rung.graph)


def _speed(detector: Detector, course: Course, stopwatch: Stopwatch) -> float:
    batches = [course.frames[first : first + course.batch] for first in range(0, len(course.frames), course.batch)]
    for some in batches[:WARM_BATCHES]:
        detector.detect(some)

    def round_once() -> None:
        for some in batches:
            detector.detect(some)

    return len(course.frames) / min(stopwatch(round_once) for _ in range(course.rounds))


def _frame(index: int, image: UInt8Array) -> Frame:
    return Frame(CAMERA_ID, CAMERA_ID, index, index, datetime.fromtimestamp(0, timezone.utc), image)


def _drawn(seed: int) -> LabelledImage:
    sample = labelled_sample(seed)
    classes = [[VEHICLE_CLASSES[class_id]] for class_id in sample.class_ids] + [()] * len(sample.ignore_xyxy)
    boxes = np.concatenate([sample.xyxy, sample.ignore_xyxy])
    return LabelledImage(f"drawn/{seed}", np.ascontiguousarray(sample.image), boxes, class_mask(classes))
