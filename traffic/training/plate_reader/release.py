"""Measure trained weights and write their card: `python -m traffic.training.plate_reader.release RECIPE MODEL`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import typer

from traffic.evaluation.detection import data_folder
from traffic.evaluation.labelled_images import load_sets
from traffic.inference.model_card import DataSource, Figure, ImageInput, PlateReaderCard
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.plates.ocr import ALPHABET, PLATE_MARGIN, SIZE, SLOTS
from traffic.simulation.plate_drawing.faces import Face
from traffic.simulation.plate_drawing.mixture import COUNTRIES
from traffic.training.card_writing import identity_of, put_in_place, write_card
from traffic.training.onnx_file import INPUT_NAME
from traffic.training.plate_reader.fonts import FAMILIES, LICENCE, VERSION
from traffic.training.plate_reader.measure import (
    BINARISED_COUNTRIES,
    COUNTRY_OF,
    HEIGHTS_PX,
    MARGINS,
    PLATES_A_HEIGHT,
    country_share,
    drawn_photos,
    score,
)
from traffic.training.plate_reader.peers import OurReader, TextReader, peers
from traffic.training.plate_reader.photos import PHOTO_SETS, binarised_crops, plate_photos
from traffic.training.plate_reader.pseudo_labels import DASHCAM, TEACHERS, RealPlate, load_plates
from traffic.training.plate_reader.recipe import Recipe, load_recipe
from traffic.training.plate_reader.samples import font_faces
from traffic.training.plate_reader.train import LOG_FILE, MODEL_FILE, REAL_PLATES_FILE

CARD_FILE = "plate_reader.yaml"
RIVALS = {"russian": "ru_lprnet_stn", "european": "cct_xs_v2_global", "brazilian": "cct_xs_v2_global"}
"""The better peer on each set of photographs."""
NOTE = (
    "Trained on drawn plates and, in the later stages, on real ones that two teachers read alike. Between the "
    "stages the drawing was improved after a look at what the photographs below got misread as, and a new run "
    "draws all stages as the last one; the count of characters came with the first stage of three residual "
    "blocks, the look at the whole plate with stage 32. Photographs: a development set that never trained "
    "anything, true boxes cut along the axes, not rectified, and the peer on the same crops; seven European labels "
    "say O where the plate's pattern wants 0. The height of a drawn plate is that of a one-line plate in the "
    "camera's picture. A rectified picture shows 6 % of the plate's own size around it."
)


def data_sources(recipe: Recipe, real: Sequence[RealPlate]) -> tuple[DataSource, ...]:
    """What a recipe trains on: crops drawn with each seed, typefaces, photographs that teachers read, the teachers."""
    drawn = sum({stage.seed: stage.samples for stage in recipe.stages}.values())
    ours: tuple[DataSource, ...] = (
        DataSource(name="traffic.simulation.plate_drawing", licence="Apache-2.0", images=drawn),
    )
    if recipe.font_folders:
        ours = (*ours, DataSource(name=f"typefaces of @fontsource {VERSION}: {', '.join(FAMILIES)}", licence=LICENCE))
    if not real:
        return ours
    licences = {one.folders[0].split("/")[0]: one.licence for one in load_sets().values()} | {DASHCAM: "MIT"}
    photographs = Counter(image.split("/")[0] for image in {plate.image for plate in real})
    read = [
        DataSource(name=f"{name}: plates read by the teachers", licence=licences[name], images=count)
        for name, count in sorted(photographs.items())
    ]
    teachers = (DataSource(name=f"{name} of fast-plate-ocr (a teacher)", licence="MIT") for name in TEACHERS)
    return (*ours, *read, *teachers)


def bare_card(recipe: Recipe, recipe_path: Path, model: Path, real: Sequence[RealPlate] = ()) -> PlateReaderCard:
    """The card of a model that nobody measured yet.

    Args:
        recipe: that made it.
        recipe_path: as the reader of the card should give it.
        model: the ONNX file, already under its final name.
        real: the plates that the teachers read for it.
    """
    return PlateReaderCard(
        name=recipe.name,
        task="plate-reading",
        **identity_of(model),
        input=ImageInput(name=INPUT_NAME, letterbox="stretch", stride=16, default_size=SIZE),
        data=data_sources(recipe, real),
        recipe=CardRecipe(command=f"python -m traffic.training.plate_reader.train {recipe_path}", seed=recipe.seed),
        alphabet=ALPHABET,
        slots=SLOTS,
        countries=COUNTRIES,
        note=NOTE,
    )


def measured(card_path: Path, recipe: Recipe, data: Path) -> tuple[Figure, ...]:
    """Exact match of a released reader on photographs, beside the better peer, at the margin of a rectified picture
    first; on real crops in black and white; on drawn plates by height; and how often it tells the country right.
    """
    ours, rivals = OurReader(card_path), peers(data)
    margins = sorted(MARGINS, key=lambda margin: (margin != PLATE_MARGIN, margin))
    on_photos = [
        *(_photo_figure(ours, rivals[RIVALS[name]], name, data, margin) for name in PHOTO_SETS for margin in margins),
        *(_binarised_figure(ours, country, data) for country in BINARISED_COUNTRIES),
        *(_country_figure(ours, name, country, data) for name, country in COUNTRY_OF.items()),
    ]
    faces = font_faces(recipe.fonts, recipe.font_folders)
    return (*on_photos, *(_drawn_figure(ours, faces, height) for height in HEIGHTS_PX))


def _photo_figure(ours: TextReader, rival: TextReader, name: str, data: Path, margin: float) -> Figure:
    photos = plate_photos(data, name, margin)
    return Figure(
        set=f"{name} photographs, margin {margin:.0%}",
        name="exact match",
        value=round(score(ours, photos).exact, 4),
        samples=len(photos),
        peer=RIVALS[name],
        peer_value=round(score(rival, photos).exact, 4),
    )


def _binarised_figure(ours: TextReader, country: str, data: Path) -> Figure:
    crops = binarised_crops(data, country)
    exact = round(score(ours, crops).exact, 4)
    return Figure(set=f"{country}, real crops in black and white", name="exact match", value=exact, samples=len(crops))


def _country_figure(ours: OurReader, name: str, country: str, data: Path) -> Figure:
    photos = plate_photos(data, name, PLATE_MARGIN)
    share = round(country_share(ours, photos, country), 4)
    return Figure(set=f"{name} photographs, margin 6%", name="country right", value=share, samples=len(photos))


def _drawn_figure(ours: TextReader, faces: Sequence[Face], height_px: int) -> Figure:
    exact = score(ours, drawn_photos(faces, height_px, PLATES_A_HEIGHT)).exact
    return Figure(set=f"drawn, {height_px} px high", name="exact match", value=exact, samples=PLATES_A_HEIGHT)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that it made, its log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the model, its card and its log")] = Path("engines"),
    cache: Annotated[Path, typer.Option(help="folder of the crops that it was trained on")] = Path("data/plate_reader"),
) -> None:
    """Measure trained weights and put them, their card and their log in place."""
    cv2.setNumThreads(1)
    put_in_place(model, out / MODEL_FILE, LOG_FILE)
    loaded = load_recipe(recipe)
    real = load_plates(cache / REAL_PLATES_FILE) if any(stage.real for stage in loaded.stages) else ()
    card = bare_card(loaded, recipe, out / MODEL_FILE, real)
    write_card(card, out / CARD_FILE)
    figures = measured(out / CARD_FILE, loaded, data_folder())
    write_card(card.model_copy(update={"figures": figures}), out / CARD_FILE)
    for figure in figures:
        beside = f" ({figure.peer}: {figure.peer_value:.3f})" if figure.peer else ""
        typer.echo(f"{figure.set}: {figure.value:.3f}{beside}")


if __name__ == "__main__":
    typer.run(main)
