"""Twenty drawn plates and what a reader makes of them: `python -m traffic.training.plate_reader.sheet`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import UInt8Array
from traffic.simulation.plate_drawing.faces import Face, built_in_faces
from traffic.training.plate_reader.measure import DrawnPhoto, drawn_photos
from traffic.training.plate_reader.peers import OurReader, TextReader

_TILE, _CAPTION_PX, _COLUMNS = (240, 72), 44, 5
_HEIGHTS_PX = (11, 14, 18, 26)
_CHOICE = 40
"""Plates of each height to choose from."""


def contact_sheet(reader: TextReader, faces: Sequence[Face], wrong_share: float = 0.25) -> UInt8Array:
    """Five plates of each height from hardly legible to plain, the wrong ones among them, (h, w, 3).

    Args:
        reader: reads them.
        faces: beside the stroke faces.
        wrong_share: of the plates shown are misread ones, where there are so many.
    """
    everyone = [drawn_photos(faces, height, _CHOICE * len(_HEIGHTS_PX)) for height in _HEIGHTS_PX]
    rows = [_row(reader, photos[row :: len(everyone)], wrong_share) for row, photos in enumerate(everyone)]
    return np.concatenate(rows, axis=0)


def _row(reader: TextReader, photos: Sequence[DrawnPhoto], wrong_share: float) -> UInt8Array:
    readings = reader.texts([photo.picture for photo in photos])
    pairs = list(zip(photos, readings, strict=True))
    wrong = [pair for pair in pairs if pair[0].text != pair[1]][: max(1, round(wrong_share * _COLUMNS))]
    right = [pair for pair in pairs if pair[0].text == pair[1]][: _COLUMNS - len(wrong)]
    tiles = [_tile(photo, reading) for photo, reading in (right + wrong + pairs)[:_COLUMNS]]
    return np.concatenate(tiles, axis=1)


def _tile(photo: DrawnPhoto, reading: str) -> UInt8Array:
    tile: UInt8Array = np.full((_TILE[1] + _CAPTION_PX, _TILE[0] + 8, 3), 255, np.uint8)
    tile[4 : 4 + _TILE[1], 4 : 4 + _TILE[0]] = cv2.resize(photo.picture, _TILE, interpolation=cv2.INTER_NEAREST)
    colour = (60, 130, 0) if reading == photo.text else (30, 30, 200)
    cv2.putText(tile, f"{reading or '-'}", (6, _TILE[1] + 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, 1, cv2.LINE_AA)
    truth = f"{photo.text}  {photo.kind}"
    cv2.putText(tile, truth, (6, _TILE[1] + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (90, 90, 90), 1, cv2.LINE_AA)
    return tile


def main(
    card: Annotated[Path, typer.Argument(help="the reader's card")] = Path("engines/plate_reader.yaml"),
    out: Annotated[Path, typer.Option(help="the picture to write")] = Path("docs/images/plates_read.jpg"),
) -> None:
    """Draw twenty plates, read them, and show both."""
    cv2.setNumThreads(1)
    cv2.imwrite(str(out), contact_sheet(OurReader(card), built_in_faces()), [cv2.IMWRITE_JPEG_QUALITY, 88])
    typer.echo(str(out))


if __name__ == "__main__":
    typer.run(main)
