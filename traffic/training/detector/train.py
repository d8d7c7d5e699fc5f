"""Make the detector's weights: `python -m traffic.training.detector.train RECIPE --out FOLDER`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer

from traffic.evaluation.detection import data_folder
from traffic.training.detector.assignment import cells_of
from traffic.training.detector.batches import Batches
from traffic.training.detector.finish import blender, finish
from traffic.training.detector.log import LOG_EVERY, LOG_FILE, MODEL_FILE, TRAINED_FILE, held_out_figures
from traffic.training.detector.loss import Loss, detection_loss
from traffic.training.detector.network import Yolox
from traffic.training.detector.options import SizeOption, StartOption, changed
from traffic.training.detector.preparation import open_sources, start_network
from traffic.training.detector.recipe import RECIPES, Recipe, load_recipe
from traffic.training.detector.schedule import learning_rate, make_optimizer
from traffic.training.export import export_onnx
from traffic.training.normalization import fused
from traffic.training.optimization import MovingAverage, descend
from traffic.training.training_log import StepLog, write_line

GRADIENT_NORM = 20.0


def train(recipe: Recipe, data: Path, out: Path) -> Path:
    """Run a recipe.

    Args:
        recipe: what to do.
        data: the folder with the labelled sets and the COCO file.
        out: takes the model, rewritten at every evaluation, a checkpoint of each, the log and the drawn frames.

    Returns:
        The ONNX file.
    """
    recipe = _started(recipe, data, out)
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    batches = Batches(recipe, open_sources(recipe, data, out / "rendered"))
    calibration = [batches.draw(recipe.mosaic_share).images for _ in range(recipe.calibration_batches)]
    network = start_network(recipe, data, calibration)
    average = MovingAverage(network, recipe.ema_decay)
    torch.save(network.state_dict(), out / "checkpoint_0.pt")
    blend, model = blender(recipe, data, calibration), out / MODEL_FILE
    for step in _steps(recipe, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0 or step == recipe.steps:
            torch.save(average.network.state_dict(), out / f"checkpoint_{step}.pt")
            export_onnx(blend(fused(average.network)), model)
            write_line(out / LOG_FILE, {"step": step, **held_out_figures(model, recipe, data)})
    trained = fused(average.network)
    export_onnx(trained, out / TRAINED_FILE)
    return model if recipe.type_stage is None else finish(blend(trained), recipe, data, out)


def _started(recipe: Recipe, data: Path, out: Path) -> Recipe:
    """The recipe with the model that its first recipe makes in its size, if it names one."""
    if recipe.start is None or not recipe.start.endswith(".yaml"):
        return recipe
    first = train(changed(load_recipe(RECIPES / recipe.start), recipe.size, None), data, out / "start")
    return recipe.model_copy(update={"start": str(first)})


def _steps(
    recipe: Recipe, network: Yolox, average: MovingAverage[Yolox], batches: Batches, path: Path
) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = make_optimizer(network, recipe)
    preference = torch.tensor([recipe.class_preference.get(name, 0.0) for name in recipe.classes])
    log = StepLog(path, LOG_EVERY, recipe.batch)
    for step in range(recipe.steps):
        rate = learning_rate(recipe, step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = batches.draw(recipe.mosaic_share if step < recipe.plain_from * recipe.steps else 0.0)
        loss = detection_loss(network(batch.images), batch.truths, cells_of(batch.size), preference)
        descend(optimizer, network.parameters(), loss.total, GRADIENT_NORM)
        average.update(network)
        log.add(step + 1, _parts(loss), learning_rate=rate)
        yield step + 1


def _parts(loss: Loss) -> dict[str, float]:
    return {"box": loss.box, "objectness": loss.objectness, "classes": loss.classes}


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/training"),
    size: SizeOption = None,
    start: StartOption = None,
) -> None:
    """Train by a recipe on the data below TRAFFIC_DATA."""
    train(changed(load_recipe(recipe), size, start), data_folder(), out)


if __name__ == "__main__":
    typer.run(main)
