"""Learning from a teacher beside the labels: `python -m traffic.training.compression.distil RECIPE --out FOLDER`.

With `--weight 0` the same pictures and steps without the teacher, to tell what it is worth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer
from torch import Tensor

from traffic.evaluation.detection import data_folder
from traffic.inference.engine import InferenceSettings
from traffic.training.compression.fine_tune import LossOf, fine_tune
from traffic.training.compression.recipe import DistilRecipe, load_distil, training_recipe
from traffic.training.compression.soft_targets import added, distillation_loss
from traffic.training.compression.starting_point import load_float, plain_batches
from traffic.training.compression.teachers import Teacher, open_teacher
from traffic.training.detector.assignment import cells_of
from traffic.training.detector.batches import Batch
from traffic.training.detector.log import held_out_figures
from traffic.training.detector.loss import Loss, detection_loss
from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import Recipe
from traffic.training.export import export_onnx
from traffic.training.mish import TrainingMish
from traffic.training.training_log import write_line

MODEL_FILE, LOG_FILE = "distilled.onnx", "distilled.jsonl"
TAUGHT_WITH = InferenceSettings(threads=1)


def distil(recipe: DistilRecipe, data: Path, out: Path) -> Path:
    """Tune the released detector with a teacher and measure it.

    Args:
        recipe: how.
        data: the data folder.
        out: takes the model and the log.

    Returns:
        The ONNX file.
    """
    torch.manual_seed(recipe.tuning.seed)
    out.mkdir(parents=True, exist_ok=True)
    made = training_recipe(recipe.start, recipe.tuning)
    student = load_float(recipe.start.card, TrainingMish)
    batches = plain_batches(made, data)
    with open_teacher(recipe.teacher, made.classes, data, made.input_sizes, TAUGHT_WITH) as teacher:
        tuned = fine_tune(student, made, batches, taught_loss(made, teacher, recipe.weight), out / LOG_FILE)
    export_onnx(tuned, out / MODEL_FILE)
    write_line(out / LOG_FILE, {"weight": recipe.weight, **held_out_figures(out / MODEL_FILE, made, data)})
    return out / MODEL_FILE


def taught_loss(recipe: Recipe, teacher: Teacher, weight: float) -> LossOf:
    """The loss of the labels and, so many times, that of the teacher's answer to the same pictures."""
    preference = torch.tensor([recipe.class_preference.get(name, 0.0) for name in recipe.classes])

    def loss(network: Yolox, batch: Batch) -> Loss:
        cells = cells_of(batch.size)
        rows: Tensor = network(batch.images)
        told = detection_loss(rows, batch.truths, cells, preference)
        if weight == 0:
            return told
        return added(told, distillation_loss(rows, teacher.targets(batch.images), cells), weight)

    return loss


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and the log")] = Path("data/training/distilled"),
    weight: Annotated[float | None, typer.Option(help="another weight of the teacher than the recipe's")] = None,
) -> None:
    """Tune the released detector with a teacher."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    how = load_distil(recipe)
    chosen = how if weight is None else how.model_copy(update={"weight": weight})
    typer.echo(distil(chosen, data_folder(), out))


if __name__ == "__main__":
    typer.run(main)
