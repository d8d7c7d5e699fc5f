"""Labelled pictures on disk (YOLO text labels) and which of them are held out from training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field

from traffic.datatypes import VEHICLE_CLASSES, Float32Array, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.picture_file import read_picture
from traffic.settings import Settings

VehicleClass = Literal["car", "van", "bus", "truck", "motorcycle"]
BoolArray = NDArray[np.bool_]
SETS_FILE = Path(__file__).with_name("vehicle_sets.yaml")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """A picture and its vehicles.

    Attributes:
        name: the path below the data folder, or how it was made.
        image: (h, w, 3) uint8, BGR.
        xyxy: (n, 4) float32 pixels.
        allowed: (n, len(VEHICLE_CLASSES)) bool, the classes that the label leaves open: one where it is certain,
            all where the set says only "vehicle", none where the box is a region to ignore.
    """

    name: str
    image: UInt8Array
    xyxy: Float32Array
    allowed: BoolArray

    @property
    def is_vehicle(self) -> BoolArray:
        """(n,) false for the regions to ignore."""
        return np.asarray(self.allowed.any(axis=1), np.bool_)


class LabelledSet(Settings):
    """One published set: where it lies, what its class numbers mean, and which pictures are never trained on."""

    folders: tuple[str, ...]
    """Below the data folder; each has `images` and `labels`."""
    source: str
    licence: str
    classes: dict[int, tuple[VehicleClass, ...]]
    """The set's class number to what it may be in our words; boxes of other numbers are left out."""
    held_out: tuple[str, ...]
    """Patterns of picture paths below the data folder."""
    left_out: tuple[str, ...] = ()
    """The same, of pictures on neither side: they show a scene that is trained on, so they would flatter."""
    aspect: float | None = Field(default=None, gt=0)
    """Width to height of the camera's picture, where the set has squeezed it into a square."""
    denoise: bool = False
    """Whether the set was published with salt-and-pepper noise, to be taken out by a 3 x 3 median."""

    def paths(self, data: Path, *, held_out: bool) -> list[Path]:
        """The pictures of one side of the split, sorted."""
        every = sorted(path for folder in self.folders for path in (data / folder / "images").iterdir())
        sided = [(path, path.relative_to(data)) for path in every]
        return [
            path for path, name in sided if not _fits(name, self.left_out) and _fits(name, self.held_out) == held_out
        ]

    def read(self, data: Path, path: Path) -> LabelledImage:
        """One picture with its labels.

        Raises:
            ConfigError: naming file and line: the picture or its labels cannot be read.
        """
        image = self._repaired(read_picture(path))
        label = path.parents[1] / "labels" / f"{path.stem}.txt"
        rows = [_row(label, number, line) for number, line in enumerate(_lines(label), 1) if line.strip()]
        known = [row for row in rows if int(row[0]) in self.classes]
        allowed = class_mask(self.classes[int(row[0])] for row in known)
        return LabelledImage(str(path.relative_to(data)), image, _corners(known, image), allowed)

    def _repaired(self, image: UInt8Array) -> UInt8Array:
        if self.denoise:
            image = np.asarray(cv2.medianBlur(image, 3), np.uint8)
        if self.aspect is not None:
            width = round(image.shape[0] * self.aspect)
            image = np.asarray(cv2.resize(image, (width, image.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)
        return image


def _fits(path: Path, patterns: Sequence[str]) -> bool:
    return any(fnmatch(path.as_posix(), pattern) for pattern in patterns)


def load_sets(path: Path = SETS_FILE) -> Mapping[str, LabelledSet]:
    """The sets by name, as the file tells them."""
    return {
        name: LabelledSet.model_validate(fields)
        for name, fields in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }


def read_all(labelled_set: LabelledSet, data: Path, *, held_out: bool) -> Iterator[LabelledImage]:
    """The pictures of one side of a set's split, one at a time."""
    for path in labelled_set.paths(data, held_out=held_out):
        yield labelled_set.read(data, path)


def class_mask(names: Iterable[Sequence[str]]) -> BoolArray:
    """(n, len(VEHICLE_CLASSES)) bool from n sets of class names."""
    rows = [[name in allowed for name in VEHICLE_CLASSES] for allowed in names]
    return np.array(rows, np.bool_).reshape(-1, len(VEHICLE_CLASSES))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: expected labels, cannot read them: {error}", remedy="fetch the data set again"
        ) from error


def _row(path: Path, number: int, line: str) -> tuple[float, ...]:
    """Class, centre, width and height of a box; what a published line has beyond them is left out."""
    try:
        values = tuple(float(field) for field in line.split()[:5])
    except ValueError:
        values = ()
    if len(values) < 5 or min(values[3:]) <= 0:
        raise ConfigError(
            f"{path}:{number}: expected class x y width height of a box with an area, got {line!r}",
            remedy="fetch the data set again",
        )
    return values


def _corners(rows: Sequence[tuple[float, ...]], image: UInt8Array) -> Float32Array:
    height, width = image.shape[:2]
    _, x, y, w, h = np.array(rows, np.float64).reshape(-1, 5).T
    corners = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    return (corners * [width, height, width, height]).astype(np.float32)
