"""A training recipe of the vehicle classifier: everything that decides what the weights become."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from traffic.errors import ConfigError
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]


class Rendered(Settings):
    """Frames drawn by traffic.simulation: one seed, one frame."""

    frames: int = Field(gt=0)
    first_seed: int = Field(ge=0)
    held_out_frames: int = Field(gt=0)
    held_out_first_seed: int = Field(ge=0)
    least_side_px: float = Field(gt=0)
    """Vehicles that look smaller are left out."""

    @property
    def seeds(self) -> range:
        """The frames to train on."""
        return range(self.first_seed, self.first_seed + self.frames)

    @property
    def held_out_seeds(self) -> range:
        """The frames to measure on."""
        return range(self.held_out_first_seed, self.held_out_first_seed + self.held_out_frames)


class Recipe(Settings):
    """How weights are made."""

    name: str
    seed: int
    types: tuple[str, ...] = Field(min_length=2)
    colours: tuple[str, ...] = Field(min_length=2)
    input_size: tuple[Annotated[int, Field(gt=0, multiple_of=32)], Annotated[int, Field(gt=0, multiple_of=32)]]
    """(width, height)."""
    labels: str
    """The labelled list, a file beside this module."""
    start: str
    """The published COCO detector that the backbone starts from, below the data folder."""
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    threads: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup_share: Share
    """The share of the steps in which the learning rate rises."""
    ema_decay: Share
    dropout: Share
    label_smoothing: Share
    colour_weight: float = Field(gt=0)
    """How much the colours' loss counts beside the types'."""
    rendered_share: Share
    """The share of drawn vehicles in a batch."""
    calibration_batches: int = Field(gt=0)
    evaluate_every: int = Field(gt=0)
    """Steps between two exports with their held-out figures."""
    rendered: Rendered

    @property
    def labels_path(self) -> Path:
        """Where the labelled list lies."""
        return Path(__file__).parent / self.labels


def load_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: the file is missing or says something a recipe cannot say.
    """
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path} is not a recipe: {error}", remedy="see traffic/training/recipes/vehicle_classifier.yaml"
        ) from error
