"""Drawn crops in one big file: drawing a plate takes as long as learning from it, so each is drawn once.

`python -m traffic.training.plate_reader.samples RECIPE --out FOLDER` draws what a training would draw.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import Float32Array, Int64Array, UInt8Array
from traffic.errors import ConfigError
from traffic.plates.ocr import ALPHABET, PLATE_MARGIN, SIZE, SLOTS
from traffic.simulation.plate_drawing.crop import CropRange, seen_plate
from traffic.simulation.plate_drawing.europe import SIGNS
from traffic.simulation.plate_drawing.faces import Face, built_in_faces, faces_in
from traffic.simulation.plate_drawing.mixture import COUNTRIES, any_plate
from traffic.training.plate_reader.recipe import Recipe, Stage, load_recipe

STRIDE = 8
"""Pixels of the input to a cell of the reader's grid."""
GRID = (SIZE[0] // STRIDE, SIZE[1] // STRIDE)
"""Columns and rows."""
NOWHERE = GRID[0] * GRID[1]
"""The place of a slot that holds no character, behind the cells."""
UNKNOWN = -100
"""A label that costs nothing: where in the picture a character is, or which country's plate it is."""
_HELD_OUT_SEED = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Crops and what they show.

    Attributes:
        pictures: (n, h, w, 3) uint8 BGR, mapped from disk.
        symbols: (n, slots), 0 for blank, then the alphabet.
        cells: (n, slots), where in the grid the character is, row by row; NOWHERE for a blank.
        countries: (n,), index into COUNTRIES.
        signs: (n,), index into SIGNS, UNKNOWN where it is no European plate or of nobody's patterns.
    """

    pictures: UInt8Array
    symbols: Int64Array
    cells: Int64Array
    countries: Int64Array
    signs: Int64Array

    def __len__(self) -> int:
        return len(self.symbols)


def stage_samples(recipe: Recipe, stage: Stage, cache: Path) -> Samples:
    """The crops to train on in one stage, drawn where the cache does not have them yet.

    Args:
        recipe: how plates are seen.
        stage: how many, and their seed.
        cache: a folder; it must hold samples of this recipe only.

    Raises:
        ConfigError: it holds another number of crops of that seed.
    """
    sight = _sight(recipe, stage.rectified)
    return _samples(recipe, sight, (stage.seed, 0), stage.samples, cache / f"stage_{stage.seed}")


def held_out_samples(recipe: Recipe, cache: Path) -> Samples:
    """The crops to measure on; see stage_samples."""
    sight = _sight(recipe, recipe.held_out_rectified)
    return _samples(recipe, sight, (recipe.seed, _HELD_OUT_SEED), recipe.held_out_samples, cache / "held_out")


def _sight(recipe: Recipe, rectified: float) -> CropRange:
    return CropRange(SIZE, PLATE_MARGIN, recipe.plate_height, rectified)


def _samples(recipe: Recipe, sight: CropRange, first_seed: tuple[int, int], count: int, path: Path) -> Samples:
    if not path.with_suffix(".npz").exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _draw_all(font_faces(recipe.fonts, recipe.font_folders), sight, first_seed, count, path)
    labels = np.load(path.with_suffix(".npz"))
    pictures = np.load(path.with_suffix(".npy"), mmap_mode="r")
    if len(pictures) != count or "signs" not in labels:
        raise ConfigError(
            f"expected {count} crops with their signs in {path.with_suffix('.npy')}, got {len(pictures)} of another "
            "recipe",
            remedy="give another --cache, or delete that file and the .npz beside it",
        )
    return Samples(pictures, labels["symbols"], labels["cells"], labels["countries"], labels["signs"])


def font_faces(packages: tuple[str, ...], more: tuple[Path, ...] = ()) -> tuple[Face, ...]:
    """The faces of some installed font packages, those that OpenCV brings, and those of more folders.

    Raises:
        ConfigError: a package is not installed, or a folder is missing.
    """
    folders: list[Path] = list(more)
    for folder in more:
        if not folder.is_dir():
            raise ConfigError(
                f"expected fonts in {folder}, found no such folder",
                remedy=f"python -m traffic.training.plate_reader.fonts --out {folder}",
            )
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise ConfigError(
                f"expected the font package {package}, found none", remedy=f"pip install {package.replace('_', '-')}"
            )
        folders.append(Path(spec.origin).parent)
    return (*built_in_faces(), *faces_in(tuple(folders)))


def encode_text(text: str) -> Int64Array:
    """The symbols (slots,) of a text."""
    symbols = np.zeros(SLOTS, np.int64)
    symbols[: len(text)] = [ALPHABET.index(character) + 1 for character in text]
    return symbols


def cells_at(centres: Float32Array) -> Int64Array:
    """The grid cells (slots,) of characters whose middles are at `centres` (n, 2), pixels of the input."""
    columns = np.clip(centres[:, 0] // STRIDE, 0, GRID[0] - 1)
    rows = np.clip(centres[:, 1] // STRIDE, 0, GRID[1] - 1)
    cells = np.full(SLOTS, NOWHERE, np.int64)
    cells[: len(centres)] = rows * GRID[0] + columns
    return cells


def _draw_all(faces: tuple[Face, ...], sight: CropRange, first_seed: tuple[int, int], count: int, path: Path) -> None:
    shape = (count, SIZE[1], SIZE[0], 3)
    pictures = np.lib.format.open_memmap(path.with_suffix(".npy"), "w+", np.uint8, shape)
    symbols, cells = np.zeros((count, SLOTS), np.int64), np.zeros((count, SLOTS), np.int64)
    countries, signs = np.zeros(count, np.int64), np.full(count, UNKNOWN)
    for index in range(count):
        rng = np.random.default_rng((first_seed[0], first_seed[1] + index))
        plate, drawn = any_plate(faces, rng)
        crop = seen_plate(drawn, sight, rng)
        pictures[index] = crop.picture
        symbols[index], cells[index] = encode_text(plate.text), cells_at(crop.centres)
        countries[index] = COUNTRIES.index(plate.country)
        signs[index] = SIGNS.index(plate.sign) if plate.sign else UNKNOWN
    pictures.flush()
    np.savez(path.with_suffix(".npz"), symbols=symbols, cells=cells, countries=countries, signs=signs)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the crops")] = Path("data/plate_reader"),
) -> None:
    """Draw the crops of a recipe."""
    cv2.setNumThreads(1)
    loaded = load_recipe(recipe)
    counts = [len(stage_samples(loaded, stage, out)) for stage in loaded.stages]
    typer.echo(f"{out}: {sum(counts)} crops to train on, {len(held_out_samples(loaded, out))} held out")


if __name__ == "__main__":
    typer.run(main)
