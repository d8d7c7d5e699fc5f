"""COCO's JSON of images, annotations and categories, of which the boxes are read, or those around the polygons."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.labelled_boxes import LabelledBox, LabelledBoxes, PictureLabels
from traffic.evaluation.formats.polygons import box_around
from traffic.evaluation.formats.rows import Box, pictures_folder, read_text

NOWHERE = (0.0, 0.0, 0.0, 0.0)
"""Of what is no vehicle: only its name is asked for."""
Side = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Image(_Part):
    id: int
    file_name: str


class _Category(_Part):
    id: int
    name: str


class _Annotation(_Part):
    image_id: int
    category_id: int
    bbox: tuple[float, float, Side, Side] | None = None
    segmentation: object = None
    iscrowd: int = 0

    def box(self, place: str) -> Box:
        """Raises ConfigError where there is none, or one without an area."""
        if self.bbox is None:
            return box_around(self.segmentation, place)
        x, y, width, height = self.bbox
        for side in (2, 3):
            if not self.bbox[side]:
                raise ConfigError(
                    f"{place}.bbox.{side}: expected a box with an area, got a side of 0", remedy="take the box out"
                )
        return x, y, x + width, y + height


class _Document(_Part):
    images: tuple[_Image, ...] = Field(min_length=1)
    annotations: tuple[_Annotation, ...]
    categories: tuple[_Category, ...] = Field(min_length=1)


def read_coco(path: Path, words: ClassWords, images: Path | None = None) -> LabelledBoxes:
    """The pictures of a COCO file; crowds are regions where nothing counts.

    Args:
        path: the JSON file.
        words: what its categories are in our words.
        images: the folder that its file names are relative to; see `pictures_folder` for the default.

    Raises:
        ConfigError: naming the line or the entry: no JSON, not COCO's layout, an annotation of an image or category
            that is not listed, a vehicle without a box or polygons, or with one without an area, a picture listed
            twice, no vehicle category, or no pictures.
    """
    document = _parse(path)
    _require_once(path, document.images)
    names = {category.id: category.name for category in document.categories}
    words.require_some(names.values(), path)
    boxes = _boxes(path, document, names, words)
    folder = pictures_folder(path, images, document.images[0].file_name)
    return LabelledBoxes(
        tuple(
            PictureLabels(folder / image.file_name, image.file_name, tuple(boxes[image.id]), are_shares=False)
            for image in document.images
        ),
        words,
    )


def _parse(path: Path) -> _Document:
    try:
        return _Document.model_validate(json.loads(read_text(path)))
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}: expected JSON, {error.msg}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise ConfigError(
            f"{path}: expected COCO's images, annotations and categories, at {place}: {first['msg']}",
            remedy="export the labels as COCO detection JSON",
        ) from error


def _require_once(path: Path, images: Sequence[_Image]) -> None:
    """A picture that is listed twice would be measured twice."""
    seen: dict[int | str, int] = {}
    for index, image in enumerate(images):
        for key, words in ((image.id, f"id {image.id}"), (image.file_name, f"file_name {image.file_name}")):
            first = seen.setdefault(key, index)
            if first != index:
                raise ConfigError(
                    f"{path}: images.{index}: expected each picture once, got {words} as in images.{first}",
                    remedy="take one of the two out",
                )


def _boxes(path: Path, document: _Document, names: dict[int, str], words: ClassWords) -> dict[int, list[LabelledBox]]:
    known = {image.id for image in document.images}
    boxes: dict[int, list[LabelledBox]] = defaultdict(list)
    for index, annotation in enumerate(document.annotations):
        if annotation.image_id not in known or annotation.category_id not in names:
            raise ConfigError(
                f"{path}: annotations.{index}: expected the id of a listed image and category, got image "
                f"{annotation.image_id} and category {annotation.category_id}"
            )
        word, place = names[annotation.category_id], f"{path}: annotations.{index}"
        box = NOWHERE if words.allowed(word) is None else annotation.box(place)
        boxes[annotation.image_id].append(LabelledBox(word, box, bool(annotation.iscrowd), place))
    return boxes
