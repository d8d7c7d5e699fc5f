"""Detectors that teach: they answer a batch with soft targets on the student's grid."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from traffic.errors import ModelError
from traffic.evaluation.detection import COCO_FILE
from traffic.evaluation.detectors import COCO_COLUMNS
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.training.compression.soft_targets import SoftTargets, soft_targets
from traffic.training.detector.assignment import cells_of, decode_boxes
from traffic.training.recipe_file import InputSize

Knows = Literal["our classes", "COCO"]


class Teacher:
    """A detector in OpenVINO at the sizes of the student's batches; a context manager that owns an engine a size.

    Args:
        model: its ONNX file, of a YOLOX of any width: all have the same grid.
        knows: which classes its columns stand for.
        sizes: inputs (width, height).
        inference: precision and threads.
    """

    def __init__(self, model: Path, knows: Knows, sizes: Sequence[InputSize], inference: InferenceSettings) -> None:
        self._knows = knows
        with ExitStack() as stack:
            self._engines = {
                size: stack.enter_context(OpenVinoEngine(model, size, inference)) for size in sorted(set(sizes))
            }
            self._exit = stack.pop_all()

    def targets(self, images: Tensor) -> SoftTargets:
        """The answer to pictures (n, 3, h, w) of one of the sizes."""
        size = (images.shape[3], images.shape[2])
        pictures = np.ascontiguousarray(images.permute(0, 2, 3, 1).numpy().astype(np.uint8))
        rows = torch.from_numpy(self._engines[size].infer(pictures))
        cells = cells_of(size)
        return soft_targets(rows, cells) if self._knows == "our classes" else coco_targets(rows, size)

    def __enter__(self) -> Teacher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()


def coco_targets(rows: Tensor, size: InputSize) -> SoftTargets:
    """Rows (n, a, 5 + 80) as targets: a thing is a vehicle as far as its best class is one.

    COCO knows no vans and calls them cars or trucks, so it teaches none of our classes.
    """
    classes = rows[..., 5:]
    vehicle = classes[..., list(COCO_COLUMNS.values())].amax(dim=-1)
    share = vehicle / classes.amax(dim=-1).clamp(min=1e-6)
    return SoftTargets(rows[..., 4] * share, None, decode_boxes(rows, cells_of(size)))


def open_teacher(
    card: Path | None, classes: Sequence[str], data: Path, sizes: Sequence[InputSize], inference: InferenceSettings
) -> Teacher:
    """The teacher of a recipe.

    Args:
        card: of a detector of ours, or None for the COCO original.
        classes: the student's.
        data: the data folder.
        sizes: inputs (width, height).
        inference: precision and threads.

    Raises:
        ModelError: the teacher's classes are not the student's.
    """
    if card is None:
        return Teacher(data / COCO_FILE, "COCO", sizes, inference)
    known = load_model_card(card, DetectorCard).classes
    if tuple(known) != tuple(classes):
        raise ModelError(
            f"{card}: expected a teacher of {', '.join(classes)}, got one of {', '.join(known)}",
            remedy="train the teacher with the student's classes, or leave `teacher` out for the COCO original",
        )
    return Teacher(verified_model_path(card), "our classes", sizes, inference)
