"""Twenty rendered passages and what was read: `python -m traffic.evaluation.passages_sheet FILE.webp`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.passages_consensus import open_consensus
from traffic.evaluation.passages_judged import JudgedPassage, judge
from traffic.evaluation.passages_reading import open_plate_recognizer, read_rendered, seeds_of
from traffic.evaluation.report.pictures import Outline, cut_out
from traffic.plates.formats import COUNTRIES
from traffic.plates.recorded import KnownPassage, read_known_passages
from traffic.simulation.plate_passages import draw_passage

TILE, CAPTION_PX, COLUMNS, GAP_PX = (250, 100), 62, 5, 8
BANDS_PX = ((10, 14), (14, 20), (20, 30), (30, 61))
WRONG_A_ROW = 2
SEED, CHOICE = 2, 60
QUALITY = 80
RIGHT, WRONG, FAINT = (60, 130, 0), (30, 30, 200), (90, 90, 90)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def main(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A .webp, .png or .jpg.")],
    readings: Annotated[
        Path | None, typer.Option(metavar="FILE.npz", help="Kept ones; a few passages are drawn and read if none.")
    ] = None,
    engines: Annotated[Path, typer.Option(metavar="FOLDER", help="With the models' cards.")] = Path("engines"),
    *,
    fitted: Annotated[bool, typer.Option("--fitted/--unfitted", help="With the consensus' card or without.")] = True,
) -> None:
    """Show five passages for each span of plate heights, misread ones among them.

    Below each frame: the truth and how it was seen, the best single frame, the consensus with its probability.
    """
    cv2.setNumThreads(1)
    known = read_known_passages(readings) if readings is not None else _drawn(engines)
    consensus = open_consensus(engines / "plate_consensus.json" if fitted else None, COUNTRIES, 0.98)
    write_picture(out, contact_sheet(judge(chosen_from(known), consensus, 0.2)))
    typer.echo(str(out))


def chosen_from(known: Sequence[KnownPassage]) -> list[KnownPassage]:
    """The first of the rendered passages in which anything was read."""
    return [each for each in known if each.name.startswith("rendered-") and each.readings][: CHOICE * len(BANDS_PX)]


def contact_sheet(judged: Sequence[JudgedPassage]) -> UInt8Array:
    """Rows of five for the spans of BANDS_PX, rising; in each up to WRONG_A_ROW whose consensus is wrong, (h, w, 3)."""
    rows = [_row([each for each in judged if low <= each.seen.height_px < high]) for low, high in BANDS_PX]
    return np.concatenate(rows, axis=0)


def write_picture(path: Path, picture: UInt8Array) -> None:
    """Write (h, w, 3) BGR.

    Raises:
        ConfigError: OpenCV cannot write such a file there.
    """
    kinds = (".webp", ".png", ".jpg")
    if path.suffix not in kinds or not path.parent.is_dir():
        raise ConfigError(f"expected a path that ends in {', '.join(kinds)} in a folder that exists, got {path}")
    options = [cv2.IMWRITE_WEBP_QUALITY, QUALITY] if path.suffix == ".webp" else []
    cv2.imwrite(str(path), picture, options)


def _drawn(engines: Path) -> list[KnownPassage]:
    with open_plate_recognizer(engines / "plate_locator.yaml", engines / "plate_reader.yaml") as recognizer:
        return read_rendered(recognizer, seeds_of(SEED, CHOICE))


def _row(judged: Sequence[JudgedPassage]) -> UInt8Array:
    wrong = [each for each in judged if not each.is_exact][:WRONG_A_ROW]
    right = [each for each in judged if each.is_exact][: COLUMNS - len(wrong)]
    tiles = [_tile(each) for each in [*right, *wrong][:COLUMNS]]
    height, width = TILE[1] + CAPTION_PX, TILE[0] + GAP_PX
    empty: UInt8Array = np.full((height, width, 3), 255, np.uint8)
    return np.concatenate([*tiles, *[empty] * (COLUMNS - len(tiles))], axis=1)


def _tile(judged: JudgedPassage) -> UInt8Array:
    tile: UInt8Array = np.full((TILE[1] + CAPTION_PX, TILE[0] + GAP_PX, 3), 255, np.uint8)
    tile[: TILE[1], : TILE[0]] = _picture(judged)
    seen, plate = judged.seen, judged.plate
    truth = f"{judged.passage.text} {judged.passage.country}  {seen.daytime} {seen.speed_kmh:.0f} km/h"
    told = f"{plate.text} {plate.probability:.2f}{' certain' if plate.certain else ''}" if plate else "nothing"
    lines = (
        (truth, FAINT),
        (f"best frame {judged.by_strength or 'nothing'}", _colour(judged, judged.by_strength)),
        (f"consensus {told}", _colour(judged, judged.text)),
    )
    for row, (line, colour) in enumerate(lines):
        cv2.putText(tile, line, (2, TILE[1] + 16 + 19 * row), FONT, 0.45, colour, 1, cv2.LINE_AA)
    return tile


def _picture(judged: JudgedPassage) -> UInt8Array:
    """The plate with its surroundings in the frame that the consensus calls the best."""
    seed = int(judged.passage.name.rsplit("-", 1)[1])
    best = judged.plate.best if judged.plate else judged.passage.readings[0]
    view = next(each for each in draw_passage(seed).views if each.pts_ns == best.pts_ns)
    (x1, y1), (x2, y2) = view.plate.min(axis=0).tolist(), view.plate.max(axis=0).tolist()
    outlines = [] if judged.is_exact else [Outline.of_box((x1 - 2, y1 - 2, x2 + 2, y2 + 2), WRONG, 1)]
    return cut_out(view.image, (x1, y1, x2, y2), outlines, context=0.25, size=TILE)


def _colour(judged: JudgedPassage, text: str) -> tuple[int, int, int]:
    return RIGHT if judged.is_truth(text) else WRONG


if __name__ == "__main__":
    typer.run(main)
