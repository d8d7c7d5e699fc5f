"""Recipes of this room: what to start from, and what to do with it, each in one committed YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError

from traffic.errors import ConfigError
from traffic.settings import Settings
from traffic.training.detector.recipe import InputSize, Recipe, Share, load_recipe


class Start(Settings):
    """The trained weights that are made smaller, and the recipe whose pictures they are tuned on."""

    card: Path = Path("engines/vehicle_detector.yaml")
    training: Path = Path("traffic/training/recipes/vehicle_detector.yaml")


class Tuning(Settings):
    """A short training from good weights; whatever it leaves out is as in the training recipe."""

    seed: int
    steps: int = Field(ge=0)
    batch: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    warmup_steps: int = Field(ge=0)
    ema_decay: Share
    mosaic_share: Share
    input_sizes: tuple[InputSize, ...]


class Calibration(Settings):
    """How the range of every activation is found."""

    method: Literal["entropy", "percentile"]
    percentile: float = Field(default=99.99, gt=0, le=100)
    """The share of values that keep their place, for `percentile`."""
    pictures: int = Field(gt=0)
    """Training pictures from each set."""
    input_sizes: tuple[InputSize, ...]
    """(width, height), in turn."""


class QuantiseRecipe(Settings):
    """Post-training INT8."""

    start: Start = Start()
    calibration: Calibration


class QuantisationAwareRecipe(Settings):
    """INT8 with the weights tuned to it."""

    start: Start = Start()
    calibration: Calibration
    tuning: Tuning


class PruneRecipe(Settings):
    """Narrower layers."""

    start: Start = Start()
    ratios: tuple[Annotated[float, Field(gt=0, lt=1)], ...]
    """The share of channels to take from every set of layers that share them, one network each."""
    criterion: Literal["l1", "scale"]
    """What a channel's worth is: the absolute sum of its kernel, or how much its normalised output varies."""
    multiple: int = Field(gt=0)
    """A layer keeps a multiple of this many channels."""
    tuning: Tuning


class DistilRecipe(Settings):
    """A teacher's soft targets beside the labels."""

    start: Start = Start()
    teacher: Path | None = None
    """The card of a detector of ours, of any size; left out, the COCO original of the data folder."""
    weight: float = Field(ge=0)
    """Of the teacher's loss beside that of the labels; 0 leaves the teacher out."""
    tuning: Tuning


Kind = TypeVar("Kind", bound=Settings)


def load(path: Path, kind: type[Kind]) -> Kind:
    """Read a recipe of one kind.

    Raises:
        ConfigError: the file is missing or says something that such a recipe cannot say.
    """
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path} is not a {kind.__name__}: {error}", remedy="see the recipes in traffic/training/recipes"
        ) from error


def training_recipe(start: Start, tuning: Tuning) -> Recipe:
    """The detector's training recipe with the tuning's own numbers in it."""
    return load_recipe(start.training).model_copy(update=dict(tuning))
