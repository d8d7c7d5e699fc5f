"""Make the detector's weights: `python -m traffic.training.detector.train RECIPE --out FOLDER`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer
from torch import Tensor, nn

from traffic.evaluation.detection import EXACT, SIZES, data_folder, evaluate_detector, held_out_sets
from traffic.evaluation.detectors import open_detector
from traffic.training.detector.assignment import cells_of
from traffic.training.detector.batches import Batch, Batches
from traffic.training.detector.blending import blended
from traffic.training.detector.loss import Loss, detection_loss
from traffic.training.detector.network import Yolox
from traffic.training.detector.preparation import open_sources, start_network
from traffic.training.detector.recipe import Recipe, SizeName, load_recipe
from traffic.training.detector.type_stage import add_class_bias, refine_types
from traffic.training.export import export_onnx
from traffic.training.normalization import fused
from traffic.training.optimization import MovingAverage, learning_rate, make_optimizer

MODEL_FILE = "vehicle_detector.onnx"
LOG_FILE = "vehicle_detector.training.jsonl"
LOG_EVERY = 50
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
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    batches = Batches(recipe, open_sources(recipe, data, out / "rendered"))
    calibration = [batches.draw(recipe.mosaic_share).images for _ in range(recipe.calibration_batches)]
    network = start_network(recipe, data, calibration)
    average = MovingAverage(network, recipe.ema_decay)
    torch.save(network.state_dict(), out / "checkpoint_0.pt")
    finished = _finisher(recipe, data, calibration)
    model = out / MODEL_FILE
    for step in _steps(recipe, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0 or step == recipe.steps:
            torch.save(average.network.state_dict(), out / f"checkpoint_{step}.pt")
            export_onnx(finished(average.network), model)
            _log(out / LOG_FILE, {"step": step, **_held_out_figures(model, recipe, data)})
    if recipe.type_stage is not None:
        network = finished(average.network)
        losses = list(refine_types(network, recipe, recipe.type_stage, batches))
        add_class_bias(network, [recipe.class_bias.get(name, 0.0) for name in recipe.classes])
        export_onnx(network, model)
        seen = {"step": recipe.steps + len(losses), **_means(losses[-LOG_EVERY:])}
        _log(out / LOG_FILE, seen | _held_out_figures(model, recipe, data))
    return model


def _finisher(recipe: Recipe, data: Path, calibration: Sequence[Tensor]) -> Callable[[Yolox], Yolox]:
    """Trained network to the fused one that is exported."""
    if not recipe.published_share:
        return fused
    published = fused(start_network(recipe.model_copy(update={"start": None}), data, calibration))
    return lambda trained: blended(fused(trained), published, recipe.published_share)


def _steps(recipe: Recipe, network: Yolox, average: MovingAverage, batches: Batches, log: Path) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = make_optimizer(network, recipe)
    preference = torch.tensor([recipe.class_preference.get(name, 0.0) for name in recipe.classes])
    losses: list[Loss] = []
    started = time.monotonic()
    for step in range(recipe.steps):
        rate = learning_rate(recipe, step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = batches.draw(recipe.mosaic_share if step < recipe.plain_from * recipe.steps else 0.0)
        losses.append(_step(network, optimizer, batch, preference))
        average.update(network)
        if (step + 1) % LOG_EVERY == 0:
            speed = len(losses) * recipe.batch / (time.monotonic() - started)
            _log(log, {"step": step + 1, "learning_rate": rate, "images_per_s": speed, **_means(losses)})
            losses, started = [], time.monotonic()
        yield step + 1


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch, preference: Tensor) -> Loss:
    loss = detection_loss(network(batch.images), batch.truths, cells_of(batch.size), preference)
    optimizer.zero_grad()
    loss.total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
    optimizer.step()
    return loss


def _means(losses: list[Loss]) -> dict[str, float]:
    return {
        "box": sum(loss.box for loss in losses) / len(losses),
        "objectness": sum(loss.objectness for loss in losses) / len(losses),
        "classes": sum(loss.classes for loss in losses) / len(losses),
    }


def _held_out_figures(model: Path, recipe: Recipe, data: Path) -> dict[str, float]:
    figures: dict[str, float] = {}
    with open_detector(model, recipe.classes, SIZES[0], EXACT) as detector:
        for name, pictures in held_out_sets(data).items():
            precision = evaluate_detector(detector, pictures)
            figures |= {f"{name}_ap50": precision.ap50, f"{name}_ap": precision.ap}
    return figures


def _log(path: Path, values: Mapping[str, float]) -> None:
    line = json.dumps({name: round(value, 6) for name, value in values.items()})
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    typer.echo(line)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/training"),
    size: Annotated[SizeName | None, typer.Option(help="another size than the recipe's")] = None,
    start: Annotated[str | None, typer.Option(help="another start than the recipe's: a .onnx or a .pth file")] = None,
) -> None:
    """Train by a recipe on the data below TRAFFIC_DATA."""
    train(changed(load_recipe(recipe), size, start), data_folder(), out)


def changed(recipe: Recipe, size: SizeName | None, start: str | None) -> Recipe:
    """The recipe with another size or start; one of another size never starts from the weights that it names itself."""
    if size is None or size == recipe.size:
        return recipe.model_copy(update={"start": start or recipe.start})
    return recipe.model_copy(
        update={"size": size, "start": start, "name": f"vehicle-detector-{size}-{recipe.activation}"}
    )


if __name__ == "__main__":
    typer.run(main)
