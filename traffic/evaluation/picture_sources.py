"""Which labelled pictures a detector is measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from traffic.errors import ConfigError
from traffic.evaluation.detection import Pictures, held_out_sets
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.coco_json import read_coco
from traffic.evaluation.formats.rows import short_name
from traffic.evaluation.formats.yolo_folder import read_yolo
from traffic.evaluation.labelled_images import load_sets

Layout = Literal["coco", "yolo"]


@dataclass(frozen=True, slots=True)
class PictureSource:
    """A set of labelled pictures.

    Attributes:
        name: for the report.
        pictures: read anew at each call.
        left_out: how many boxes of each class that is no vehicle.
        without_file: how many pictures have no file of labels and count as empty.
    """

    name: str
    pictures: Pictures
    left_out: Mapping[str, int] = field(default_factory=dict)
    without_file: int = 0


def labelled_source(
    data: Path, words: ClassWords, layout: Layout | None = None, images: Path | None = None
) -> PictureSource:
    """A COCO file or a YOLO folder.

    Args:
        data: the .json file or the folder.
        words: what its classes are in ours.
        layout: what it is, if the name does not say it.
        images: where a COCO file's pictures lie.

    Raises:
        ConfigError: naming file and line; see read_coco and read_yolo.
    """
    is_coco = data.suffix.lower() == ".json" if layout is None else layout == "coco"
    if images is not None and not is_coco:
        raise ConfigError("--images is for COCO files: a YOLO folder has its pictures in images/")
    boxes = read_coco(data, words, images) if is_coco else read_yolo(data, words)
    return PictureSource(short_name(data), boxes, boxes.left_out, boxes.without_file)


def published_source(data: Path, name: str) -> PictureSource:
    """The held-out side of one of the published sets, repaired as for training.

    Args:
        data: the folder that holds them all.
        name: the set's.

    Raises:
        ConfigError: there is no such set, or it does not lie there.
    """
    sets = held_out_sets(data)
    if name not in sets:
        raise ConfigError(f"--set: expected one of {', '.join(sets)}, got {name!r}")
    missing = [folder for folder in load_sets()[name].folders if not (data / folder / "images").is_dir()]
    if missing:
        raise ConfigError(
            f"--set {name}: expected pictures in {data / missing[0] / 'images'}, there is no such folder",
            remedy="name the folder that holds the published sets",
        )
    return PictureSource(f"{name}, held out", sets[name])
