"""Measure trained weights and write their card: `python -m traffic.training.classifier.release RECIPE MODEL`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer

from traffic.evaluation.detection import data_folder
from traffic.evaluation.labelled_images import load_sets
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import ClassifierCard, DataSource, Figure, ImageInput
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.inference.onnx_engine import OnnxEngine
from traffic.training.card_writing import identity_of, put_in_place, write_card
from traffic.training.classifier.figures import HeadFigures, judge, probabilities
from traffic.training.classifier.recipe import Recipe, load_recipe
from traffic.training.classifier.samples import Sample, read_labels
from traffic.training.classifier.train import LOG_FILE, MODEL_FILE, held_out_sets
from traffic.training.onnx_file import INPUT_NAME

CARD_FILE = "vehicle_classifier.yaml"
CROPS_FOLDER = "vehicle_types"
NOTE = (
    "Boxes with 6 % margin, stretched. Real figures are over the held-out rows of the labelled list, whose colours "
    "were told by eye; held out are whole scenes, and of the single-vehicle crops the last fifth of each type (four "
    "of them left out at the border). No drawn pickup exists; a lorry's colour is its cab's. Types are the mean of two "
    "networks: one that learned on these pictures, and a head on YOLOX-Nano's trunk as COCO left it "
    "(traffic.training.classifier.second_opinion); colours are the first one's alone."
)


def make_card(recipe: Recipe, recipe_path: Path, model: Path, data: Path, cache: Path) -> ClassifierCard:
    """Measure a model on everything that its recipe holds out.

    Args:
        recipe: that made it.
        recipe_path: as the reader of the card should give it.
        model: the ONNX file, already under its final name.
        data: the data folder.
        cache: where drawn vehicles are kept.
    """
    sets = held_out_sets(recipe, data, cache)
    figures = [figure for name, samples in sets.items() for figure in measure(recipe, model, name, samples)]
    return ClassifierCard(
        name=recipe.name,
        task="vehicle-classification",
        **identity_of(model),
        input=ImageInput(name=INPUT_NAME, letterbox="stretch", default_size=recipe.input_size),
        types=recipe.types,
        colours=recipe.colours,
        data=_data_sources(recipe),
        figures=tuple(figures),
        recipe=CardRecipe(command=training_command(recipe_path), seed=recipe.seed),
        note=NOTE,
    )


def training_command(recipe: Path) -> str:
    """What makes the weights again: the first network, then the second opinion that is joined to it."""
    room, folder = "python -m traffic.training.classifier", "data/classifier"
    return (
        f"{room}.train {recipe} --out {folder} && "
        f"{room}.second_opinion {recipe} {folder}/{MODEL_FILE} --out {folder}_joined"
    )


def measure(recipe: Recipe, model: Path, name: str, samples: Sequence[Sample]) -> Iterator[Figure]:
    """The figures of one set: both heads' accuracy, mean recall and recall of each class; by source where several."""
    with OnnxEngine(model, recipe.input_size, InferenceSettings(threads=recipe.threads)) as engine:
        rows = probabilities(engine, samples, recipe.input_size)
    types, colours = judge(rows, samples, recipe.types, recipe.colours)
    yield from _head(name, "type", types)
    yield from _head(name, "colour", colours)
    sources = sorted({sample.source for sample in samples})
    for source in sources if len(sources) > 1 else ():
        chosen = [place for place, sample in enumerate(samples) if sample.source == source]
        heads = judge(rows[chosen], [samples[place] for place in chosen], recipe.types, recipe.colours)
        for head, figures in zip(("type", "colour"), heads, strict=True):
            yield _figure(f"{name}: {_set_name(source)}", f"{head} accuracy", figures.accuracy, figures.samples)


def _head(name: str, head: str, figures: HeadFigures) -> Iterator[Figure]:
    yield _figure(name, f"{head} accuracy", figures.accuracy, figures.samples)
    yield _figure(name, f"{head} mean recall", figures.balanced, figures.samples)
    counts = dict(zip(figures.names, figures.confusion.sum(axis=1).tolist(), strict=True))
    for class_name, recall in figures.recalls().items():
        yield _figure(name, f"{head} recall: {class_name}", recall, counts[class_name])


def _set_name(folder: str) -> str:
    """What the evaluation calls the set whose pictures lie in a folder."""
    names = (name for name, known in load_sets().items() if known.folders[0].startswith(f"{folder}/"))
    return next(names, folder)


def _figure(name: str, what: str, value: float, samples: int) -> Figure:
    return Figure(set=name, name=what, value=round(value, 3), samples=samples)


def _data_sources(recipe: Recipe) -> tuple[DataSource, ...]:
    labels = read_labels(recipe.labels_path)
    trained = {label.image for label in labels if label.split == "train"}
    published = []
    for name, labelled_set in load_sets().items():
        roots = {folder.split("/")[0] for folder in labelled_set.folders}
        images = sum(image.split("/")[0] in roots for image in trained)
        published.append(DataSource(name=f"{name}: {labelled_set.source}", licence=labelled_set.licence, images=images))
    crops = sum(image.startswith(f"{CROPS_FOLDER}/") for image in trained)
    return (
        DataSource(name="COCO 2017 through YOLOX-Nano (one network's start, the other's trunk)", licence="Apache-2.0"),
        *published,
        DataSource(name="single vehicles of one roadside camera", licence="CC BY 4.0", images=crops),
        DataSource(name="traffic.simulation (frames)", licence="Apache-2.0", images=recipe.rendered.frames),
    )


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that it made, its log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the model, its card and its log")] = Path("engines"),
) -> None:
    """Measure trained weights and put them, their card and their log in place."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    released = out / MODEL_FILE
    put_in_place(model, released, LOG_FILE)
    card = make_card(load_recipe(recipe), recipe, released, data_folder(), model.parent / "rendered")
    write_card(card, out / CARD_FILE)
    for figure in card.figures:
        typer.echo(f"{figure.set:24} {figure.name:32} {figure.value:.3f} ({figure.samples})")


if __name__ == "__main__":
    typer.run(main)
