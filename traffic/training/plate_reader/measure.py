"""Measure a plate reader beside its peers: `python -m traffic.training.plate_reader.measure [CARD]`.

It prints exact match on photographs, by the height of drawn plates in pixels and by the kind of plate, and what was
misread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from traffic.datatypes import UInt8Array
from traffic.evaluation.detection import data_folder
from traffic.plates.ocr import PLATE_MARGIN, SIZE
from traffic.simulation.plate_drawing.crop import CropRange, seen_plate
from traffic.simulation.plate_drawing.faces import Face
from traffic.simulation.plate_drawing.mixture import any_plate
from traffic.training.plate_reader.peers import OurReader, TextReader, peers
from traffic.training.plate_reader.photos import PHOTO_SETS, PlatePhoto, binarised_crops, plate_photos
from traffic.training.plate_reader.recipe import load_recipe
from traffic.training.plate_reader.samples import font_faces

HEIGHTS_PX = (10, 12, 15, 20, 25, 30, 40)
PLATES_A_HEIGHT = 400
MARGINS = (0.0, 0.03, PLATE_MARGIN, 0.09)
"""Around the boxes of the photographs; a locator is not exact either."""
COUNTRY_OF = MappingProxyType({"russian": "ru", "european": "eu", "brazilian": "br"})
"""Sets of photographs to the card's countries."""
BINARISED_COUNTRIES = ("ru", "kz")
_SEED = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Score:
    """How a reader did on one set: plates read exactly, plates in all, and (truth, reading) of the others."""

    right: int
    plates: int
    misread: tuple[tuple[str, str], ...]

    @property
    def exact(self) -> float:
        """Share of plates read exactly."""
        return self.right / self.plates


def score(reader: TextReader, photos: Sequence[PlatePhoto]) -> Score:
    """Read all and compare; a text is right or wrong as a whole."""
    readings = reader.texts([photo.picture for photo in photos])
    pairs = [(photo.text, reading) for photo, reading in zip(photos, readings, strict=True)]
    wrong = tuple(pair for pair in pairs if pair[0] != pair[1])
    return Score(len(pairs) - len(wrong), len(pairs), wrong)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPhoto(PlatePhoto):
    """A drawn plate that looks like a photographed one, and which kind it is, like `ru 1A`."""

    kind: str


def drawn_photos(faces: Sequence[Face], height_px: float, count: int, rectified: float = 1.0) -> list[DrawnPhoto]:
    """Drawn plates seen at one height; those with two lines are 1.8 times as high."""
    sight = CropRange(SIZE, PLATE_MARGIN, (height_px, height_px), rectified)
    return [_drawn_photo(faces, sight, np.random.default_rng((_SEED, index))) for index in range(count)]


def _drawn_photo(faces: Sequence[Face], sight: CropRange, rng: np.random.Generator) -> DrawnPhoto:
    plate, drawn = any_plate(faces, rng)
    picture: UInt8Array = seen_plate(drawn, sight, rng).picture
    return DrawnPhoto(picture, plate.text, f"{plate.country} {plate.kind}")


def photo_table(readers: dict[str, TextReader], data: Path, margin: float = PLATE_MARGIN) -> Table:
    """Exact matches of every reader on every set of photographs."""
    table = Table("set", "plates", *readers, title=f"exact match, boxes with {margin:.0%} margin")
    for name in PHOTO_SETS:
        photos = plate_photos(data, name, margin)
        table.add_row(name, str(len(photos)), *(str(score(reader, photos).right) for reader in readers.values()))
    return table


def country_share(reader: OurReader, photos: Sequence[PlatePhoto], country: str) -> float:
    """Share of plates that the reader takes for that country's."""
    told = reader.countries([photo.picture for photo in photos])
    return told.count(country) / len(told)


def country_table(reader: OurReader, data: Path) -> Table:
    """Country told right, on photographs and on real crops in black and white, whose texts are counted too."""
    table = Table("set", "plates", "country right", "exact", title="real plates by country")
    sets = [(name, country, plate_photos(data, name, PLATE_MARGIN)) for name, country in COUNTRY_OF.items()]
    sets += [(f"{country}, binarised", country, binarised_crops(data, country)) for country in BINARISED_COUNTRIES]
    for name, country, photos in sets:
        share, right = country_share(reader, photos, country), score(reader, photos).right
        table.add_row(name, str(len(photos)), f"{share:.3f}", str(right))
    return table


def main(
    card: Annotated[Path, typer.Argument(help="the reader's card")] = Path("engines/plate_reader.yaml"),
    recipe: Annotated[Path, typer.Option(help="its recipe")] = Path("traffic/training/recipes/plate_reader.yaml"),
) -> None:
    """Measure a plate reader beside its peers."""
    cv2.setNumThreads(1)
    console, data, ours = Console(width=160), data_folder(), OurReader(card)
    readers: dict[str, TextReader] = {"ours": ours, **peers(data)}
    for margin in MARGINS:
        console.print(photo_table(readers, data, margin))
    for name in PHOTO_SETS:
        misread = score(ours, plate_photos(data, name, PLATE_MARGIN)).misread
        console.print(name, "misread:", ", ".join(f"{truth} as {reading}" for truth, reading in misread) or "none")
    console.print(country_table(ours, data))
    loaded = load_recipe(recipe)
    faces = font_faces(loaded.fonts, loaded.font_folders)
    stress = Table("plate height px", "exact", title="drawn plates, all faults of the training")
    for height in HEIGHTS_PX:
        stress.add_row(str(height), f"{score(ours, drawn_photos(faces, height, PLATES_A_HEIGHT)).exact:.3f}")
    console.print(stress)
    console.print(_kind_table(ours, drawn_photos(faces, 30, 4 * PLATES_A_HEIGHT)))


def _kind_table(reader: TextReader, photos: Sequence[DrawnPhoto]) -> Table:
    table = Table("kind", "plates", "exact", title="drawn plates 30 px high, by kind")
    for kind in sorted({photo.kind for photo in photos}):
        result = score(reader, [photo for photo in photos if photo.kind == kind])
        table.add_row(kind, str(result.plates), f"{result.exact:.3f}")
    return table


if __name__ == "__main__":
    typer.run(main)
