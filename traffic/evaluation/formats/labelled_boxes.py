"""Pictures with labelled boxes, whatever file the labels came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from traffic.evaluation.formats.class_words import Allowed, ClassWords
from traffic.evaluation.formats.rows import Box, require_inside
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.evaluation.picture_file import read_picture


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One box.

    Attributes:
        word: its class as the labels name it.
        xyxy: x1, y1, x2, y2.
        is_region: whether it marks many vehicles at once, where nothing counts.
        place: its file and line, or entry, for an error.
    """

    word: str
    xyxy: Box
    is_region: bool = False
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PictureLabels:
    """One picture's labels, before its pixels are read.

    Attributes:
        path: the picture.
        name: what to call it.
        boxes: its boxes.
        are_shares: whether the boxes are shares of width and height; else pixels.
        has_file: whether somebody wrote labels for it; without a file it counts as empty.
    """

    path: Path
    name: str
    boxes: tuple[LabelledBox, ...]
    are_shares: bool
    has_file: bool = True


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
            ConfigError: a picture is missing or cannot be decoded, or a vehicle's box lies outside its picture.
        """
        return (self._read(picture) for picture in self.pictures)

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many boxes of each class that is no vehicle."""
        words = (box.word for picture in self.pictures for box in picture.boxes)
        return Counter(word for word in words if self.words.allowed(word) is None)

    @property
    def without_file(self) -> int:
        """How many pictures nobody wrote labels for."""
        return sum(not picture.has_file for picture in self.pictures)

    def _read(self, picture: PictureLabels) -> LabelledImage:
        image = read_picture(picture.path)
        height, width = image.shape[:2]
        scale = np.array([width, height, width, height] if picture.are_shares else [1] * 4, np.float64)
        xyxy = np.array([box.xyxy for box in picture.boxes], np.float64).reshape(-1, 4) * scale
        allowed = [self._allowed(box) for box in picture.boxes]
        known = [row for row, each in enumerate(allowed) if each is not None]
        for row in known:
            x1, y1, x2, y2 = xyxy[row].tolist()
            require_inside((x1, y1, x2, y2), image, picture.boxes[row].place)
        mask = class_mask(each for each in allowed if each is not None)
        return LabelledImage(picture.name, image, xyxy[known].astype(np.float32), mask)

    def _allowed(self, box: LabelledBox) -> Allowed | None:
        allowed = self.words.allowed(box.word)
        return () if box.is_region and allowed is not None else allowed
