"""Measure trained weights and write their card.

`python -m traffic.training.detector.release RECIPE MODEL --out FOLDER`
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from traffic.evaluation.detection import (
    COCO_FILE,
    EXACT,
    SIZES,
    Pictures,
    best_threshold,
    class_recalls,
    data_folder,
    measure,
)
from traffic.evaluation.detectors import Answer, answers, open_coco_detector, open_detector
from traffic.evaluation.labelled_images import load_sets
from traffic.inference.model_card import DataSource, DetectorCard, ImageInput, YoloxOutput
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.training.card_writing import identity_of, put_in_place, write_card
from traffic.training.detector.crops import CropPile
from traffic.training.detector.held_out import PLAIN_GROUND, held_out, type_figures
from traffic.training.detector.log import LOG_FILE, MODEL_FILE
from traffic.training.detector.options import SizeOption, StartOption, as_given, changed
from traffic.training.detector.preparation import load_ours
from traffic.training.detector.recipe import Recipe, load_recipe
from traffic.training.onnx_file import INPUT_NAME, OUTPUT_NAME

CLEAR_SIDE_PX = 24.0
THRESHOLD_SETS = ("close_ups", "photos", "rendered")
"""The sets whose every vehicle is labelled: where some are not, finding them looks like an error and only a threshold
that misses them scores well."""
CARD_FILE = "vehicle_detector.yaml"
NOTE = (
    "AP of all vehicles as one class, f32. Right type: of the vehicles found at IoU .5 and the suggested threshold, at "
    "640x384, whose type is certain. The sets' own types were mended by eye where they are open or wrong "
    "(vehicle_detector_types.yaml); a van is a panel van, a minibus or a motorhome, a pickup counts for no type. Held "
    "out are three overbridge scenes (a London street, a dense motorway at dusk, a motorway in haze), of day_and_night "
    "three day cameras (1026007n, C and Z) and the last block of the night camera, of whose earlier frames the weights "
    "have seen some; all other held-out scenes are new to them. The threshold is the one of best F1 on the held-out "
    "close_ups, photos and rendered: it was chosen on what it is judged by."
)


def make_card(recipe: Recipe, command: str, model: Path, data: Path, cache: Path) -> DetectorCard:
    """Measure a model on everything that its recipe holds out.

    Args:
        recipe: that made it.
        command: that made it, as the reader of the card should give it.
        model: the ONNX file, already under its final name.
        data: the data folder.
        cache: where drawn frames are kept.
    """
    sets = held_out(recipe, data, cache)
    judged, by_coco = _judged(recipe, model, data, sets)
    threshold = best_threshold([judged[name] for name in THRESHOLD_SETS])
    roads = {name: pictures for name, pictures in sets.items() if judged[name] and name != PLAIN_GROUND}
    return DetectorCard(
        name=recipe.name,
        task="vehicle-detection",
        **identity_of(model),
        input=ImageInput(name=INPUT_NAME),
        output=YoloxOutput(name=OUTPUT_NAME),
        classes=recipe.classes,
        score_threshold=threshold,
        data=_data_sources(recipe, data),
        metrics=tuple(measure(model, recipe.classes, data / COCO_FILE, roads)),
        figures=tuple(type_figures(judged, by_coco, threshold)),
        class_recall=tuple(class_recalls("rendered", judged["rendered"], threshold, CLEAR_SIDE_PX)),
        recipe=CardRecipe(command=command, seed=recipe.seed),
        note=NOTE,
    )


def _judged(
    recipe: Recipe, model: Path, data: Path, sets: Mapping[str, Pictures]
) -> tuple[dict[str, list[Answer]], dict[str, list[Answer]]]:
    """The model's and the COCO original's answers to every held-out picture, by set."""
    with (
        open_detector(model, recipe.classes, SIZES[0], EXACT) as ours,
        open_coco_detector(data / COCO_FILE, SIZES[0], EXACT) as theirs,
    ):
        return (
            {name: list(answers(ours, pictures())) for name, pictures in sets.items()},
            {name: list(answers(theirs, pictures())) for name, pictures in sets.items()},
        )


def _data_sources(recipe: Recipe, data: Path) -> tuple[DataSource, ...]:
    sets = load_sets()
    published = [
        DataSource(
            name=f"{name}: {sets[name].source}",
            licence=sets[name].licence,
            images=len(sets[name].paths(data, held_out=False)),
        )
        for name in recipe.shares
        if name in sets
    ]
    crops = len(CropPile(recipe.crops, data, held_out=False))
    return (
        DataSource(name=f"COCO 2017 through {_published(recipe)}", licence="Apache-2.0"),
        *published,
        DataSource(name="single vehicles of one roadside camera", licence="CC BY 4.0", images=crops),
        DataSource(name="traffic.simulation.samples", licence="Apache-2.0", images=recipe.rendered.frames),
    )


def _published(recipe: Recipe) -> str:
    if recipe.size == "nano":
        return "YOLOX-Nano (the starting weights, and the teacher)"
    teacher = "YOLOX-Nano (the teacher)"
    if recipe.start is None or not recipe.start.endswith(".pth"):
        return teacher
    return f"YOLOX-{recipe.size.capitalize()} (the starting weights) and {teacher}"


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that it made, its log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the model, its card and its log")] = Path("engines"),
    size: SizeOption = None,
    start: StartOption = None,
) -> None:
    """Measure trained weights and put them, their card and their log in place; size and start are those of training."""
    asked, released = changed(load_recipe(recipe), size, start), out / MODEL_FILE
    load_ours(model, asked)
    put_in_place(model, released, LOG_FILE)
    command = f"python -m traffic.training.detector.train {recipe}{as_given(size, start)}"
    card = make_card(asked, command, released, data_folder(), model.parent / "rendered")
    write_card(card, out / CARD_FILE)
    typer.echo(f"{out / CARD_FILE}: threshold {card.score_threshold}, {len(card.metrics)} measurements")


if __name__ == "__main__":
    typer.run(main)
