"""A second opinion on types: `python -m traffic.training.classifier.second_opinion RECIPE MODEL --out FOLDER`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import torch
import typer
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from traffic.datatypes import Float64Array
from traffic.evaluation.detection import data_folder
from traffic.training.classifier.joining import join_opinions
from traffic.training.classifier.loss import masked_cross_entropy
from traffic.training.classifier.recipe import Opinion, Recipe, load_recipe
from traffic.training.classifier.rendered import rendered_samples
from traffic.training.classifier.samples import Sample, class_indices
from traffic.training.classifier.train import GRADIENT_NORM, LOG_FILE, figures_of, held_out_sets, real_samples
from traffic.training.classifier.trunk import Trunk, TypeHead, TypeProbabilities
from traffic.training.classifier.views import look_at, shares_of_views
from traffic.training.detector.onnx_import import load_coco
from traffic.training.onnx_file import write_onnx
from traffic.training.optimization import adamw, averaged, descend
from traffic.training.training_log import StepLog, write_line

LOG_EVERY = 100
OPINION_FILE = "second_opinion.onnx"


def add_opinion(recipe: Recipe, data: Path, model: Path, out: Path) -> Path:
    """Train the head on the trunk's features and join it to a model.

    Args:
        recipe: what to do.
        data: the folder with the pictures of the labelled list and the COCO file.
        model: the ONNX file that `train` made, its log beside it.
        out: another folder; takes the joined model under the same name, the log and the drawn vehicles.

    Returns:
        The joined ONNX file.
    """
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model.with_name(LOG_FILE), out / LOG_FILE)
    trunk = Trunk(load_coco(data / recipe.start))
    write_onnx(TypeProbabilities(trunk, _head(recipe, data, trunk, out)), out / OPINION_FILE, recipe.input_size)
    joined = join_opinions(model, out / OPINION_FILE, len(recipe.types), out / model.name)
    write_line(out / LOG_FILE, figures_of(joined, recipe, held_out_sets(recipe, data, out / "rendered")))
    return joined


def learn(
    opinion: Opinion, head: TypeHead, views: tuple[Tensor, Tensor, Float64Array], log: Path, seed: int
) -> nn.Module:
    """Teach a head.

    Args:
        opinion: for how long, and how.
        head: changed in place.
        views: (n, FEATURES) features, (n,) types with -1 for unknown, and how often each is drawn.
        log: takes a line every LOG_EVERY steps.
        seed: of the drawing.

    Returns:
        The average of the head over the last steps.
    """
    features, types, shares = views
    random = np.random.default_rng(seed)
    optimizer, average = adamw(head, opinion.learning_rate, opinion.weight_decay), averaged(head, opinion.ema_decay)
    schedule = OneCycleLR(optimizer, opinion.learning_rate, total_steps=opinion.steps + 1)
    steps = StepLog(log, LOG_EVERY, opinion.batch, "views")
    for step in range(1, opinion.steps + 1):
        rows = torch.from_numpy(random.choice(len(shares), opinion.batch, p=shares))
        loss = masked_cross_entropy(head(features[rows]), types[rows], opinion.label_smoothing)
        descend(optimizer, head.parameters(), loss, GRADIENT_NORM)
        schedule.step()
        average.update_parameters(head)
        steps.add(step, {"second_opinion_loss": loss.item()})
    return average.module


def _head(recipe: Recipe, data: Path, trunk: Trunk, out: Path) -> nn.Module:
    opinion, random = recipe.opinion, np.random.default_rng(recipe.seed)
    real = real_samples(recipe, data, "train")
    drawn = rendered_samples(recipe.rendered.seeds, recipe.rendered.least_side_px, out / "rendered")
    sides = ((real, opinion.views, 1 - recipe.rendered_share), (drawn, opinion.rendered_views, recipe.rendered_share))
    seen = [look_at(trunk, samples, views, recipe.input_size, random) for samples, views, _ in sides]
    types = torch.cat([_types(samples, recipe).repeat_interleave(views) for samples, views, _ in sides])
    head = TypeHead(seen[0], len(recipe.types), opinion.dropout)
    return learn(opinion, head, (torch.cat(seen), types, shares_of_views(sides)), out / LOG_FILE, recipe.seed)


def _types(samples: list[Sample], recipe: Recipe) -> Tensor:
    return torch.tensor(class_indices([sample.type for sample in samples], recipe.types))


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that training made, its log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the joined model and its log")] = Path("data/training/joined"),
) -> None:
    """Train the second opinion on the data below TRAFFIC_DATA and join it to a model."""
    add_opinion(load_recipe(recipe), data_folder(), model, out)


if __name__ == "__main__":
    typer.run(main)
