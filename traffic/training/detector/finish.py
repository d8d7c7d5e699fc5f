"""The end of a recipe, after the steps: blending with the published weights, then the types.

`python -m traffic.training.detector.finish RECIPE TRAINED.onnx --out FOLDER` does it again for a trained network.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer
from torch import Tensor

from traffic.evaluation.detection import data_folder
from traffic.training.detector.batches import Batches
from traffic.training.detector.blending import blended
from traffic.training.detector.log import LOG_EVERY, LOG_FILE, MODEL_FILE, held_out_figures
from traffic.training.detector.network import Yolox
from traffic.training.detector.options import SizeOption, StartOption, changed
from traffic.training.detector.preparation import load_ours, open_sources, start_network
from traffic.training.detector.recipe import Recipe, TypeStage, load_recipe
from traffic.training.detector.type_examples import collect_examples
from traffic.training.detector.type_stage import add_class_bias, refine_types
from traffic.training.export import export_onnx
from traffic.training.normalization import fused
from traffic.training.training_log import write_line


def blender(recipe: Recipe, data: Path, calibration: Sequence[Tensor]) -> Callable[[Yolox], Yolox]:
    """What makes of a fused trained network the one that is exported; of a size that no published weights are at hand
    for, the trained one itself.

    Args:
        recipe: how much is taken of the published weights.
        data: the folder with the COCO file.
        calibration: pictures on which the published network is normalised.
    """
    shares = recipe.published_shares
    official = recipe.start if recipe.start is not None and recipe.start.endswith(".pth") else None
    if shares is None or (official is None and recipe.size != "nano"):
        return lambda trained: trained
    published = fused(start_network(recipe.model_copy(update={"start": official}), data, calibration))
    return lambda trained: blended(trained, published, shares)


def finish_types(network: Yolox, recipe: Recipe, stage: TypeStage, data: Path, cache: Path) -> list[float]:
    """Train the types of a fused network in place; each step's loss.

    Args:
        network: fused.
        recipe: the sets, the classes and the seed.
        stage: what differs from the recipe in this stage.
        data: the data folder.
        cache: where drawn frames are kept.
    """
    changed = recipe.model_copy(update={"shares": stage.shares, "rare_weight": stage.rare_weight})
    batches = Batches(changed, open_sources(changed, data, cache))
    examples = collect_examples(network, (batches.draw(stage.mosaic_share) for _ in range(stage.batches)))
    return list(refine_types(network, recipe, stage, examples))


def finish(network: Yolox, recipe: Recipe, data: Path, out: Path) -> Path:
    """Run the last stage, if there is one, on a blended network; add the class bias; log the held-out figures.

    Args:
        network: fused; changed in place.
        recipe: what to do.
        data: the data folder.
        out: takes the model and the log's last line.

    Returns:
        The ONNX file.
    """
    model, seen = out / MODEL_FILE, {"step": float(recipe.steps)}
    if recipe.type_stage is not None:
        losses = finish_types(network, recipe, recipe.type_stage, data, out / "rendered")
        last = losses[-LOG_EVERY:]
        seen = {"step": recipe.steps + len(losses), "classes": sum(last) / len(last)}
    add_class_bias(network, [recipe.class_bias.get(name, 0.0) for name in recipe.classes])
    export_onnx(network, model)
    write_line(out / LOG_FILE, seen | held_out_figures(model, recipe, data))
    return model


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    trained: Annotated[Path, typer.Argument(help="the network after the recipe's steps, before blending (.onnx)")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/training"),
    size: SizeOption = None,
    start: StartOption = None,
) -> None:
    """Blend a trained network and train its types, as the recipe says; size and start are those it was trained with."""
    asked, data = changed(load_recipe(recipe), size, start), data_folder()
    network = load_ours(trained, asked)
    cv2.setNumThreads(1)
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    out.mkdir(parents=True, exist_ok=True)
    if trained.with_name(LOG_FILE).exists():
        shutil.copyfile(trained.with_name(LOG_FILE), out / LOG_FILE)
    batches = Batches(asked, open_sources(asked, data, out / "rendered"))
    calibration = [batches.draw(asked.mosaic_share).images for _ in range(asked.calibration_batches)]
    finish(blender(asked, data, calibration)(network), asked, data, out)


if __name__ == "__main__":
    typer.run(main)
