"""Pictures with labelled boxes, whatever file the labels came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import Allowed, ClassWords
from traffic.evaluation.formats.rows import Box
from traffic.evaluation.labelled_images import LabelledImage, class_mask


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One box.

    Attributes:
        word: its class as the labels name it.
        xyxy: x1, y1, x2, y2.
        is_region: whether it marks many vehicles at once, where nothing counts.
    """

    word: str
    xyxy: Box
    is_region: bool = False


@dataclass(frozen=True, slots=True)
class PictureLabels:
    """One picture's labels, before its pixels are read.

    Attributes:
        path: the picture.
        name: what to call it.
        boxes: its boxes.
        are_shares: whether the boxes are shares of width and height; else pixels.
    """

    path: Path
    name: str
    boxes: tuple[LabelledBox, ...]
    are_shares: bool


@dataclass(frozen=True, slots=True)
class LabelledBoxes:
    """A data set of labelled boxes, its pictures read one by one and anew at each call.

    Attributes:
        pictures: with their labels.
        words: what the labels' classes are in ours.
    """

    pictures: tuple[PictureLabels, ...]
    words: ClassWords

    def __call__(self) -> Iterator[LabelledImage]:
        """The pictures, one at a time.

        Raises:
            ConfigError: a picture is missing or cannot be decoded.
        """
        return (self._read(picture) for picture in self.pictures)

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many boxes of each class that is no vehicle."""
        words = (box.word for picture in self.pictures for box in picture.boxes)
        return Counter(word for word in words if self.words.allowed(word) is None)

    def _read(self, picture: PictureLabels) -> LabelledImage:
        image = read_picture(picture.path)
        height, width = image.shape[:2]
        scale = np.array([width, height, width, height] if picture.are_shares else [1] * 4, np.float64)
        known = [(box, self._allowed(box)) for box in picture.boxes]
        kept = [(box.xyxy, allowed) for box, allowed in known if allowed is not None]
        xyxy = np.array([box for box, _ in kept], np.float64).reshape(-1, 4) * scale
        return LabelledImage(picture.name, image, xyxy.astype(np.float32), class_mask(each for _, each in kept))

    def _allowed(self, box: LabelledBox) -> Allowed | None:
        allowed = self.words.allowed(box.word)
        return () if box.is_region and allowed is not None else allowed


def read_picture(path: Path) -> UInt8Array:
    """A picture file, (h, w, 3) BGR.

    Raises:
        ConfigError: it is missing or no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        found = "cannot decode it" if path.is_file() else "there is no such file"
        raise ConfigError(f"expected a picture in {path}, {found}", remedy="fetch the data set again")
    return np.asarray(image, np.uint8)
