"""Boxes made by a teacher on frames that nobody labelled.

`python -m traffic.training.compression.teach CARD SOURCE --out FOLDER`

A source is a video or a folder of pictures. The result is a set as traffic.evaluation.labelled_images reads it
(images/, labels/ in YOLO text) and a manifest that tells where every picture came from and who labelled it. What the
teacher half believes is written as class REGION, a region to ignore. Look the pictures through before training on them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from pydantic import Field

from traffic.datatypes import VEHICLE_CLASSES, Detections, UInt8Array
from traffic.errors import SourceError
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import DetectorCard, load_model_card, sha256_of, verified_model_path
from traffic.settings import Settings
from traffic.training.recipe_file import InputSize
from traffic.video.file import FileCapture
from traffic.video.source import FileSource

REGION = len(VEHICLE_CLASSES)
"""The class number of a region to ignore; a set that reads these labels maps it to no class."""
MANIFEST_FILE = "manifest.json"
PICTURES = (".jpg", ".jpeg", ".png")


class Believed(Settings):
    """From which score on a box is a label, and from which on a region to ignore."""

    label: float = Field(default=0.5, ge=0, le=1)
    region: float = Field(default=0.2, ge=0, le=1)


class TaughtPicture(Settings):
    """One picture and where it came from."""

    file: str
    source: str
    pts_ns: int | None
    """Of the frame, where the source is a video."""
    labels: int
    regions: int


class Manifest(Settings):
    """Who labelled what."""

    teacher: str
    teacher_sha256: str
    input_size: InputSize
    believed: Believed
    classes: tuple[str, ...]
    """Class numbers in the labels; the one after the last is a region to ignore."""
    pictures: tuple[TaughtPicture, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Still:
    image: UInt8Array
    source: str
    pts_ns: int | None
    number: int


def teach(
    card: Path, source: Path, out: Path, *, size: InputSize, every: int = 25, believed: Believed | None = None
) -> Manifest:
    """Label a video or a folder of pictures.

    Args:
        card: the teacher's.
        source: a video file, or a folder of pictures.
        out: takes images/, labels/ and the manifest.
        size: the teacher's input (width, height); larger than the student's makes a stronger teacher.
        every: takes one frame of so many.
        believed: the scores that count.

    Raises:
        SourceError: no picture can be read there.
    """
    believed = believed or Believed()
    for folder in ("images", "labels"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    model, described = verified_model_path(card), load_model_card(card, DetectorCard)
    with open_detector(model, described.classes, size, InferenceSettings()) as teacher:
        stills = (still for still in _stills(source) if still.number % every == 0)
        written = tuple(_write(still, detect_image(teacher, still.image), out, believed) for still in stills)
    if not written:
        raise SourceError(f"{source}: expected a video or pictures, found none", remedy=f"give {', '.join(PICTURES)}")
    manifest = Manifest(
        teacher=described.name,
        teacher_sha256=sha256_of(model),
        input_size=size,
        believed=believed,
        classes=VEHICLE_CLASSES,
        pictures=written,
    )
    (out / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return manifest


def label_lines(found: Detections, frame_size: tuple[int, int], believed: Believed) -> list[str]:
    """YOLO text: class number, then centre and size as shares of the picture (width, height)."""
    scale = np.array([*frame_size, *frame_size], np.float64)
    lines = []
    for xyxy, score, class_id in zip(found.xyxy, found.scores, found.class_ids, strict=True):
        if score >= believed.region:
            number = int(class_id) if score >= believed.label else REGION
            left, top, right, bottom = xyxy / scale
            lines.append(
                f"{number} {(left + right) / 2:.6f} {(top + bottom) / 2:.6f} {right - left:.6f} {bottom - top:.6f}"
            )
    return lines


def _write(still: _Still, found: Detections, out: Path, believed: Believed) -> TaughtPicture:
    height, width = still.image.shape[:2]
    lines = label_lines(found, (width, height), believed)
    stem = f"{Path(still.source).stem}_{still.number:06d}"
    cv2.imwrite(str(out / "images" / f"{stem}.jpg"), still.image, [cv2.IMWRITE_JPEG_QUALITY, 95])
    (out / "labels" / f"{stem}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    regions = sum(line.startswith(f"{REGION} ") for line in lines)
    return TaughtPicture(
        file=f"{stem}.jpg",
        source=still.source,
        pts_ns=still.pts_ns,
        labels=len(lines) - regions,
        regions=regions,
    )


def _stills(source: Path) -> Iterator[_Still]:
    if source.is_dir():
        paths = sorted(path for path in source.iterdir() if path.suffix.lower() in PICTURES)
        for number, path in enumerate(paths):
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                raise SourceError(f"{path}: expected a picture, cannot decode it", remedy="take it out of the folder")
            yield _Still(np.asarray(image, np.uint8), path.name, None, number)
        return
    stop = threading.Event()
    with FileCapture("teach", FileSource(path=source), stop=stop, on_health=lambda _: None) as capture:
        for number, frame in enumerate(capture):
            yield _Still(frame.image, source.name, frame.pts_ns, number)


def main(
    card: Annotated[Path, typer.Argument(help="the teacher's card")],
    source: Annotated[Path, typer.Argument(help="a video file, or a folder of pictures")],
    out: Annotated[Path, typer.Option(help="folder for images/, labels/ and the manifest")],
    width: Annotated[int, typer.Option(help="of the teacher's input, a multiple of 32")] = 960,
    height: Annotated[int, typer.Option(help="of the teacher's input, a multiple of 32")] = 544,
    every: Annotated[int, typer.Option(help="take one frame of so many", min=1)] = 25,
    label: Annotated[float, typer.Option(help="from this score on a box is a label")] = 0.5,
    region: Annotated[float, typer.Option(help="from this score on a box is a region to ignore")] = 0.2,
) -> None:
    """Label frames that nobody labelled."""
    believed = Believed(label=label, region=region)
    manifest = teach(card, source, out, size=(width, height), every=every, believed=believed)
    labels, regions = (sum(getattr(p, kind) for p in manifest.pictures) for kind in ("labels", "regions"))
    typer.echo(f"{out}: {len(manifest.pictures)} pictures, {labels} boxes, {regions} regions to ignore")


if __name__ == "__main__":
    typer.run(main)
