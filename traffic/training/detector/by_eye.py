"""Types that a person told by eye, where a published set leaves the type open or has it wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from traffic.datatypes import VEHICLE_CLASSES
from traffic.errors import ConfigError
from traffic.evaluation.labelled_images import LabelledImage, class_mask

Types = Mapping[str, Mapping[int, tuple[str, ...]]]
"""Picture name to row of its label to the types that it may be."""


def load_types(path: Path) -> Types:
    """Read a list of types, each one or several of VEHICLE_CLASSES joined by "or".

    Raises:
        ConfigError: the file is missing or names something that is no type.
    """
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (FileNotFoundError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} is not a list of types: {error}", remedy="name one in the recipe's types") from error
    return {name: {row: _names(said, path) for row, said in types.items()} for name, types in rows.items()}


def retyped(picture: LabelledImage, types: Types) -> LabelledImage:
    """The picture with the types that the list tells of it.

    Raises:
        ConfigError: the list tells of a label that the picture does not have.
    """
    told = types.get(picture.name, {})
    if told and max(told) >= len(picture.xyxy):
        raise ConfigError(
            f"{picture.name}: expected {max(told) + 1} labels or more, got {len(picture.xyxy)}",
            remedy="fetch the data set again, or take the picture out of the list of types",
        )
    allowed = picture.allowed.copy()
    for row, names in told.items():
        allowed[row] = class_mask([names])[0]
    return replace(picture, allowed=allowed)


def _names(said: str, path: Path) -> tuple[str, ...]:
    names = tuple(said.split(" or "))
    unknown = set(names) - set(VEHICLE_CLASSES)
    if unknown:
        raise ConfigError(f"{path}: expected types of {VEHICLE_CLASSES}, got {sorted(unknown)}", remedy="mend the list")
    return names
