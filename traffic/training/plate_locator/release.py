"""Measure trained weights and write their card: `python -m traffic.training.plate_locator.release RECIPE MODEL`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from traffic.evaluation.detection import data_folder
from traffic.evaluation.labelled_images import load_sets
from traffic.evaluation.peer_models import YOLO_SCORE
from traffic.inference.model_card import DataSource, Figure, ImageInput, PlateLocatorCard
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.training.card_writing import identity_of, put_in_place, write_card
from traffic.training.onnx_file import INPUT_NAME
from traffic.training.plate_locator.dashcam import FOLDER, LICENCE, dashcam_photos
from traffic.training.plate_locator.held_out import HeldOut, held_out_views, turned_plates
from traffic.training.plate_locator.measure import (
    FOUND_IOU,
    Finder,
    best_scores,
    corner_error,
    false_finds,
    findings,
    open_finder,
    recall,
)
from traffic.training.plate_locator.network import DEEPEST_STRIDE
from traffic.training.plate_locator.race import (
    BoxFinder,
    boxes_of,
    boxes_of_teacher,
    false_find_share,
    plateless,
    race_photos,
    recall_in_photos,
    recall_in_vehicles,
    vehicle_boxes,
)
from traffic.training.plate_locator.recipe import Recipe, load_recipe
from traffic.training.plate_locator.teacher import open_teacher
from traffic.training.plate_locator.train import LOG_FILE, MODEL_FILE

CARD_FILE = "plate_locator.yaml"
PEER = "yolo-v9-t 416 (the teacher)"
ANGLES_DEG = (0.0, 15.0, 30.0, 45.0)
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(2, 17))
FALSE_FIND_WEIGHT = 0.5
"""A false find costs half a plate: the reader has still to find a text there."""
NOTE = (
    "Recall: the best find of a picture scores at least the threshold and its box has IoU .5 with a plate's. In whole "
    "photos one plate is found at most. The teacher's labels choose the set `silent`, so it has no value there."
)


def best_threshold(finder: Finder, held_out: HeldOut) -> float:
    """The score that finds most plates of the held-out sets, each set weighing alike, for its false finds."""
    judged = [findings(finder, views) for views in held_out.with_plates.values()]
    false = best_scores(finder, held_out.silent)

    def gain(threshold: float) -> float:
        found = float(np.mean([recall(one, threshold) for one in judged]))
        return found - FALSE_FIND_WEIGHT * float(np.mean(false >= threshold))

    return max(THRESHOLDS, key=gain)


def held_out_figures(finder: Finder, held_out: HeldOut, threshold: float, recipe: Recipe) -> Iterator[Figure]:
    """Recall, corners and false finds on pictures made or kept for measuring."""
    for name, views in held_out.with_plates.items():
        judged = findings(finder, views)
        yield Figure(set=name, name="recall at IoU .5", value=_round(recall(judged, threshold)), samples=len(judged))
    for angle in ANGLES_DEG:
        turned = findings(finder, turned_plates(held_out.silent, recipe.input_size, angle, recipe.seed))
        name = f"drawn plates turned by {angle:g} degrees"
        yield Figure(set=name, name="recall at IoU .5", value=_round(recall(turned, threshold)), samples=len(turned))
        if not math.isnan(error := corner_error(turned)):
            found = sum(one.iou >= FOUND_IOU for one in turned)
            yield Figure(set=name, name="mean corner error, plate heights", value=_round(error), samples=found)
    false = _round(false_finds(finder, held_out.silent, threshold))
    yield Figure(set="silent", name="false finds", value=false, samples=len(held_out.silent))


def race_figures(ours: BoxFinder, threshold: float, teacher: BoxFinder, data: Path) -> Iterator[Figure]:
    """The locator beside its teacher on photos that it never saw."""
    sets = race_photos(data)
    runners = ((ours, threshold), (teacher, YOLO_SCORE))
    for photos, vehicles in zip(sets, vehicle_boxes(sets), strict=True):
        in_photos = [recall_in_photos(find, photos, score) for find, score in runners]
        yield _beside(photos.name, "recall at IoU .5, whole photo", in_photos, photos.plates)
        in_vehicles = [recall_in_vehicles(find, photos, vehicles, score) for find, score in runners]
        yield _beside(photos.name, "recall at IoU .5, vehicle crops", in_vehicles, photos.plates)
    windows = plateless(sets)
    false = [false_find_share(find, windows, score) for find, score in runners]
    yield _beside("parts of those photos without a plate", "false finds", false, len(windows))


def make_card(recipe: Recipe, command: str, model: Path, data: Path, cache: Path) -> PlateLocatorCard:
    """Measure a model on everything that its recipe holds out.

    Args:
        recipe: that made it.
        command: that made it.
        model: the ONNX file, already under its final name.
        data: the data folder.
        cache: where drawn frames and the teacher's answers are kept.
    """
    held_out = held_out_views(recipe, data, cache)
    finder = open_finder(model, recipe.input_size)
    threshold = best_threshold(finder, held_out)
    teacher = boxes_of_teacher(open_teacher(data))
    return PlateLocatorCard(
        name=recipe.name,
        task="plate-location",
        **identity_of(model),
        input=ImageInput(name=INPUT_NAME, stride=DEEPEST_STRIDE, default_size=recipe.input_size),
        score_threshold=threshold,
        data=_data_sources(recipe, data),
        figures=(
            *race_figures(boxes_of(finder), threshold, teacher, data),
            *held_out_figures(finder, held_out, threshold, recipe),
        ),
        recipe=CardRecipe(command=command, seed=recipe.seed),
        note=NOTE,
    )


def training_command(recipe: Path, earlier: Sequence[Path] = ()) -> str:
    """What makes the weights again; `earlier` are the recipes of the models that one after the other goes on from."""
    folders = [f"data/stage_{place + 1}" for place in range(len(earlier))]
    outs = [f" --out {folder}" for folder in folders] + [""]
    starts = [""] + [f" --start {folder}/{MODEL_FILE}" for folder in folders]
    runs = zip((*earlier, recipe), outs, starts, strict=True)
    return " && ".join(
        f"python -m traffic.training.plate_locator.train {path}{out}{start}" for path, out, start in runs
    )


def _data_sources(recipe: Recipe, data: Path) -> tuple[DataSource, ...]:
    crops = [
        DataSource(
            name=f"vehicles and streets of {name}: {one.source}; plates boxed by the teacher",
            licence=one.licence,
            images=len(one.paths(data, held_out=False)),
        )
        for name, one in load_sets().items()
    ]
    return (
        *crops,
        DataSource(name=f"{FOLDER}: dashcam photos", licence=LICENCE, images=len(dashcam_photos(data, "train"))),
        DataSource(name="traffic.simulation, vehicles and plates", licence="Apache-2.0", images=recipe.rendered.count),
        DataSource(name="yolo-v9-t of open-image-models (the teacher)", licence="MIT"),
    )


def _beside(set_name: str, name: str, values: Sequence[float], samples: int) -> Figure:
    ours, theirs = (_round(value) for value in values)
    return Figure(set=set_name, name=name, value=ours, samples=samples, peer=PEER, peer_value=theirs)


def _round(value: float) -> float:
    return round(value, 3)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that it made, its log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the model, its card and its log")] = Path("engines"),
    earlier: Annotated[list[Path] | None, typer.Option(help="the recipe of an earlier stage; may be repeated")] = None,
) -> None:
    """Measure trained weights and put them, their card and their log in place."""
    released = out / MODEL_FILE
    put_in_place(model, released, LOG_FILE)
    command = training_command(recipe, earlier or ())
    card = make_card(load_recipe(recipe), command, released, data_folder(), model.parent)
    write_card(card, out / CARD_FILE)
    typer.echo(f"{out / CARD_FILE}: threshold {card.score_threshold}, {len(card.figures)} figures")


if __name__ == "__main__":
    typer.run(main)
