"""What the detector finds, drawn as one sheet.

`python -m traffic.evaluation.detection_pictures CLIP_OR_FOLDER... --out FILE.webp`
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import VEHICLE_CLASSES, Detections, UInt8Array
from traffic.detection.detector import VehicleDetector
from traffic.errors import ConfigError
from traffic.evaluation.detection import EXACT
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.video.file import FileCapture
from traffic.video.source import FileSource

CARD = Path("engines/vehicle_detector.yaml")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
QUALITIES = {
    ".jpg": cv2.IMWRITE_JPEG_QUALITY,
    ".jpeg": cv2.IMWRITE_JPEG_QUALITY,
    ".webp": cv2.IMWRITE_WEBP_QUALITY,
}
COLOURS: tuple[tuple[int, int, int], ...] = (
    (90, 220, 90),
    (60, 170, 255),
    (230, 120, 230),
    (80, 80, 255),
    (255, 210, 70),
)
"""BGR of car, van, bus, truck and motorcycle."""
TITLE_HEIGHT, FONT, LETTER = 18, cv2.FONT_HERSHEY_SIMPLEX, 0.4


def main(
    sources: Annotated[list[Path], typer.Argument(help="video files, or folders of pictures")],
    out: Annotated[Path, typer.Option(help="the sheet, .webp, .jpg or .png")],
    frames: Annotated[int, typer.Option(min=1, help="frames of each clip")] = 2,
    width: Annotated[int, typer.Option(min=64, help="of each frame in the sheet, pixels")] = 480,
    card: Annotated[Path, typer.Option(help="the detector's card")] = CARD,
    score: Annotated[float | None, typer.Option(help="least score; the card's if none")] = None,
    quality: Annotated[int, typer.Option(min=1, max=100)] = 60,
) -> None:
    """Draw type and score of what a detector finds in a few frames of each clip, a row for each."""
    described, model = load_model_card(card, DetectorCard), verified_model_path(card)
    least = described.score_threshold if score is None else score
    with open_detector(model, described.classes, described.input.default_size, EXACT) as detector:
        rows = [_row(detector, source, frames, width, least) for source in sources]
    write_sheet(out, stacked(rows), quality)


def spread_frames(source: Path, count: int) -> list[UInt8Array]:
    """So many frames, evenly spread over a video or over the sorted pictures of a folder: the middle of each part.

    Raises:
        ConfigError: the folder holds no picture.
        SourceError: the file is no video.
    """
    if source.is_dir():
        paths = sorted(path for path in source.iterdir() if path.suffix.lower() in PICTURES)
        if not paths:
            raise ConfigError(f"{source}: expected pictures ({', '.join(PICTURES)}), got none")
        return [np.asarray(cv2.imread(str(paths[place])), np.uint8) for place in _middles(len(paths), count)]
    wanted = set(_middles(sum(1 for _ in _film(source)), count))
    return [image for place, image in enumerate(_film(source)) if place in wanted]


def drawn(image: UInt8Array, found: Detections, minimum_score: float, width: int) -> UInt8Array:
    """A copy of the picture (h, w, 3), scaled to a width, with every detection of at least this score in it."""
    scale = width / image.shape[1]
    size = (width, round(image.shape[0] * scale))
    canvas = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    for box, class_id, score in zip(found.xyxy * scale, found.class_ids.tolist(), found.scores.tolist(), strict=True):
        if score >= minimum_score:
            _label(canvas, np.round(box).astype(int).tolist(), f"{VEHICLE_CLASSES[class_id]} {score:.2f}", class_id)
    return canvas


def stacked(rows: Sequence[UInt8Array]) -> UInt8Array:
    """Rows (h, w, 3) under each other, black where one is shorter than the longest."""
    longest = max(row.shape[1] for row in rows)
    return np.concatenate([np.pad(row, ((0, 0), (0, longest - row.shape[1]), (0, 0))) for row in rows])


def write_sheet(path: Path, sheet: UInt8Array, quality: int) -> None:
    """Write a picture of the kind that its name says.

    Raises:
        ConfigError: no such folder, or no such kind of picture.
    """
    is_known = path.suffix.lower() in PICTURES and path.parent.is_dir()
    chosen = [QUALITIES[path.suffix.lower()], quality] if path.suffix.lower() in QUALITIES else []
    if not is_known or not cv2.imwrite(str(path), sheet, chosen):
        raise ConfigError(f"--out: expected a picture ({', '.join(PICTURES)}) in a folder that exists, got {path}")


def _row(detector: VehicleDetector, source: Path, count: int, width: int, least: float) -> UInt8Array:
    images = spread_frames(source, count)
    pictures = [drawn(image, detect_image(detector, image), least, width) for image in images]
    lowest = min(picture.shape[0] for picture in pictures)
    row = np.concatenate([picture[:lowest] for picture in pictures], axis=1)
    titled = np.pad(row, ((TITLE_HEIGHT, 0), (0, 0), (0, 0)))
    cv2.putText(titled, source.stem, (4, TITLE_HEIGHT - 5), FONT, LETTER, (230, 230, 230), 1, cv2.LINE_AA)
    return titled


def _label(canvas: UInt8Array, box: Sequence[int], words: str, class_id: int) -> None:
    x1, y1, x2, y2 = box
    colour = COLOURS[class_id]
    cv2.rectangle(canvas, (x1, y1), (x2 - 1, y2 - 1), colour, 1)
    (wide, high), _ = cv2.getTextSize(words, FONT, LETTER, 1)
    left, bottom = min(max(0, x1), max(0, canvas.shape[1] - wide)), max(y1, high + 3)
    cv2.rectangle(canvas, (left, bottom - high - 3), (left + wide, bottom), colour, cv2.FILLED)
    cv2.putText(canvas, words, (left, bottom - 2), FONT, LETTER, (0, 0, 0), 1, cv2.LINE_AA)


def _film(source: Path) -> Iterator[UInt8Array]:
    with FileCapture(source.stem, FileSource(path=source), stop=threading.Event(), on_health=lambda _: None) as film:
        yield from (frame.image for frame in film)


def _middles(total: int, count: int) -> list[int]:
    parts = min(total, count)
    return [(2 * part + 1) * total // (2 * parts) for part in range(parts)]


if __name__ == "__main__":
    typer.run(main)
