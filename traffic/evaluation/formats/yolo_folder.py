"""YOLO's text labels: `images/NAME.jpg` beside `labels/NAME.txt`, class names in data.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords
from traffic.evaluation.formats.labelled_boxes import LabelledBox, LabelledBoxes, PictureLabels
from traffic.evaluation.formats.rows import CORRECT, Box, read_text

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
NAMES_FILES = ("data.yaml", "data.yml", "source_data.yaml")
EDGE = 0.01
"""Labels may lie this far outside 0..1: tools round."""


def read_yolo(folder: Path, words: ClassWords) -> LabelledBoxes:
    """The pictures of a folder; one without a label file has no vehicles, which LabelledBoxes.without_file tells.

    A line is `class x y width height`, shares of the picture, the centre first; or `class x1 y1 x2 y2 x3 y3 ...`,
    a polygon, of which the bounding box is taken. Without data.yaml the classes are called by their numbers.

    Raises:
        ConfigError: with file and line: no pictures or no labels, a line is not like that or its box has no area, or
            no class is a vehicle.
    """
    pictures = _pictures(folder)
    names = _names(folder)
    labels = tuple(_labels(path, folder, names) for path in pictures)
    if not any((folder / "labels").glob("*.txt")):
        raise ConfigError(f"expected labels (NAME.txt) in {folder / 'labels'}, found none")
    words.require_some(names.values() or (box.word for picture in labels for box in picture.boxes), folder)
    return LabelledBoxes(labels, words)


def _pictures(folder: Path) -> list[Path]:
    found = sorted(path for path in (folder / "images").glob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        inside = ", ".join(str(path.parent) for path in sorted(folder.glob("*/images")))
        raise ConfigError(
            f"expected pictures in {folder / 'images'}, found none",
            remedy=f"name one of {inside}" if inside else "name a folder that has images/ and labels/, or a COCO .json",
        )
    return found


def _names(folder: Path) -> Mapping[int, str]:
    for path in (place / name for place in (folder, folder.parent) for name in NAMES_FILES):
        if path.is_file():
            return _read_names(path)
    return {}


def _read_names(path: Path) -> Mapping[int, str]:
    try:
        names = yaml.safe_load(read_text(path))["names"]
        pairs = names.items() if isinstance(names, dict) else enumerate(names)
        return {int(number): str(name) for number, name in pairs}
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{path}: expected names: [car, bus, ...] or names: {{0: car, 1: bus}}, found none: {error}"
        ) from error


def _labels(picture: Path, folder: Path, names: Mapping[int, str]) -> PictureLabels:
    path = folder / "labels" / f"{picture.stem}.txt"
    has_file = path.is_file()
    lines = read_text(path).splitlines() if has_file else []
    boxes = tuple(_box(path, number, line.split(), names) for number, line in enumerate(lines, 1) if line.strip())
    return PictureLabels(picture, picture.name, boxes, are_shares=True, has_file=has_file)


def _box(path: Path, line: int, fields: list[str], names: Mapping[int, str]) -> LabelledBox:
    try:
        number, values = int(fields[0]), [float(field) for field in fields[1:]]
    except ValueError:
        raise _refusal(path, line, f"numbers, got {' '.join(fields)!r}") from None
    if len(values) != 4 and (len(values) < 6 or len(values) % 2):
        raise _refusal(path, line, f"class x y width height, or a polygon's points, got {len(fields)} fields")
    if not all(-EDGE <= value <= 1 + EDGE for value in values):
        raise _refusal(path, line, f"shares of the picture's size, 0 to 1, got {' '.join(fields[1:])}")
    if names and number not in names:
        raise _refusal(
            path, line, f"a class among {', '.join(f'{n} {name}' for n, name in names.items())}, got {number}"
        )
    return LabelledBox(names.get(number, str(number)), _area(path, line, values), place=f"{path}:{line}")


def _area(path: Path, line: int, values: list[float]) -> Box:
    x1, y1, x2, y2 = _corners(values)
    if x2 <= x1 or y2 <= y1:
        raise _refusal(path, line, f"a box with an area, got {' '.join(f'{value:g}' for value in values)}")
    return x1, y1, x2, y2


def _corners(values: list[float]) -> Box:
    if len(values) > 4:
        return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])
    x, y, width, height = values
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _refusal(path: Path, line: int, expected: str) -> ConfigError:
    return ConfigError(f"{path}:{line}: expected {expected}", remedy=CORRECT)
