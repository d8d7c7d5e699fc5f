"""Recipes of this room: what to start from, and what to do with it, each in one committed YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from traffic.settings import Settings
from traffic.training.detector.recipe import Recipe, load_recipe
from traffic.training.recipe_file import InputSize, Share, read_recipe


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
    """In turn."""
    left_float: tuple[str, ...] = ()
    """Patterns of further convolutions' names that stay float, beside those that INT8 always harms."""


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


def load_quantise(path: Path) -> QuantiseRecipe:
    """Read a recipe of post-training INT8; see read_recipe."""
    return read_recipe(path, QuantiseRecipe, "quantise.yaml")


def load_quantisation_aware(path: Path) -> QuantisationAwareRecipe:
    """Read a recipe of INT8 with tuning; see read_recipe."""
    return read_recipe(path, QuantisationAwareRecipe, "quantisation_aware.yaml")


def load_prune(path: Path) -> PruneRecipe:
    """Read a recipe of narrower layers; see read_recipe."""
    return read_recipe(path, PruneRecipe, "prune.yaml")


def load_distil(path: Path) -> DistilRecipe:
    """Read a recipe of learning from a teacher; see read_recipe."""
    return read_recipe(path, DistilRecipe, "distil.yaml")


def training_recipe(start: Start, tuning: Tuning) -> Recipe:
    """The detector's training recipe with the tuning's own numbers in it."""
    return load_recipe(start.training).model_copy(update=dict(tuning))
