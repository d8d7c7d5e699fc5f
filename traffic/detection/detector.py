"""The detection stage: frames in, vehicles out, batched over cameras."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
from pydantic import Field

from traffic.datatypes import VEHICLE_CLASSES, Detections, Float32Array, Frame, Int64Array
from traffic.detection.yolox import decode, letterbox_into, make_grid, non_maximum_suppression, to_detections
from traffic.errors import ModelError
from traffic.inference.engine import Engine
from traffic.settings import Settings

Size = tuple[int, int]


class DetectorSettings(Settings):
    """Which model finds the vehicles, and what counts as found."""

    model: Path = Path("engines/vehicle_detector.yaml")
    """The model's card, relative to the config file; left out, the one that is shipped."""

    minimum_score: float = Field(default=0.1, gt=0, lt=1)
    """Boxes below it are dropped at once; the tracker uses weak boxes to carry on a track, never to start one."""

    maximum_iou: float = Field(default=0.65, gt=0, lt=1)
    """Two boxes that overlap more than this are one vehicle."""


class VehicleDetector:
    """Finds vehicles with YOLOX; a context manager that owns one engine per input size.

    Args:
        settings: thresholds.
        classes: the model's class names in order; each must be one of VEHICLE_CLASSES.
        input_sizes: camera id to the network's input (width, height) for it.
        open_engine: gives the engine for an input size.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        classes: Sequence[str],
        input_sizes: Mapping[str, Size],
        open_engine: Callable[[Size], Engine],
    ) -> None:
        self._settings = settings
        self._class_ids = class_ids_of(classes)
        self._input_sizes = dict(input_sizes)
        self._grids = {size: make_grid(size) for size in set(input_sizes.values())}
        with ExitStack() as stack:
            self._engines = {size: stack.enter_context(open_engine(size)) for size in sorted(self._grids)}
            self._exit = stack.pop_all()

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """The vehicles of each frame, in the frames' order."""
        found: list[Detections] = [Detections.empty()] * len(frames)
        for size, engine in self._engines.items():
            rows = [row for row, frame in enumerate(frames) if self._input_sizes[frame.camera_id] == size]
            if rows:
                for row, detections in zip(
                    rows, self._detect_alike(engine, size, [frames[r] for r in rows]), strict=True
                ):
                    found[row] = detections
        return found

    def _detect_alike(self, engine: Engine, size: Size, frames: Sequence[Frame]) -> list[Detections]:
        width, height = size
        canvas = np.empty((len(frames), height, width, 3), np.uint8)
        scales = [letterbox_into(canvas[row], frame.image) for row, frame in enumerate(frames)]
        outputs = engine.infer(canvas)
        return [
            self._interpret(output, size, scale, (frame.image.shape[1], frame.image.shape[0]))
            for output, scale, frame in zip(outputs, scales, frames, strict=True)
        ]

    def _interpret(self, output: Float32Array, size: Size, scale: float, frame_size: Size) -> Detections:
        xyxy, scores, columns = decode(output, self._grids[size], self._settings.minimum_score)
        kept = non_maximum_suppression(xyxy, scores, self._settings.maximum_iou)
        return to_detections(
            xyxy[kept], scores[kept], self._class_ids[columns[kept]], scale=scale, frame_size=frame_size
        )

    def __enter__(self) -> VehicleDetector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()


def class_ids_of(classes: Sequence[str]) -> Int64Array:
    """The index into VEHICLE_CLASSES of each of a model's classes.

    Raises:
        ModelError: one of them is none of VEHICLE_CLASSES.
    """
    unknown = sorted(set(classes) - set(VEHICLE_CLASSES))
    if unknown:
        raise ModelError(
            f"a vehicle detector tells {', '.join(VEHICLE_CLASSES)} apart, but the model's card names {unknown}",
            remedy="use a model trained for these classes, or correct the card",
        )
    return np.array([VEHICLE_CLASSES.index(name) for name in classes], np.int64)
