"""A plate reader's recipe: everything that decides what its weights become, in one committed YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from traffic.errors import ConfigError
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(gt=0)]


class Stage(Settings):
    """One training on crops of its own, from where the stage before it ended."""

    seed: int
    """Of the crops and of their order."""
    samples: int = Field(gt=0)
    """Drawn crops; each has a seed of its own."""
    steps: int = Field(gt=0)
    stop: int | None = Field(default=None, gt=0)
    """It ended after so many steps, though the learning rate was planned for `steps`."""
    rectified: Share
    """Share of crops with four corners; the others are cut along the axes."""
    learning_rate: float = Field(gt=0)
    """At its highest: it rises for a tenth of the steps, then falls to nothing."""
    blocks: tuple[Pixels, Pixels] | None = None
    """From here on the network has so many residual blocks in its second and third stage."""
    real: Share = 0.0
    """Share of real plates, read by teachers, among the crops."""


class Recipe(Settings):
    """How weights are made."""

    name: str
    seed: int
    """Of the first weights and of the crops to measure on."""
    threads: int = Field(gt=0)
    held_out_samples: int = Field(gt=0)
    """Drawn crops to measure on, from other seeds."""
    plate_height: tuple[Pixels, Pixels]
    """Smallest and largest of one-line plates in the camera's picture."""
    held_out_rectified: Share
    """The same share among the crops to measure on."""
    fonts: tuple[str, ...]
    """Installed Python packages whose fonts write the plates of countries without one typeface."""
    channels: tuple[Pixels, Pixels, Pixels]
    """Of the network's three stages."""
    batch: int = Field(gt=0)
    weight_decay: float = Field(ge=0)
    ema_decay: Share
    attention_weight: float = Field(ge=0)
    """Of the loss that shows each slot where its character is."""
    country_weight: float = Field(ge=0)
    half_precision: bool
    """Compute in bfloat16 where that is safe."""
    evaluate_every: int = Field(gt=0)
    stages: tuple[Stage, ...] = Field(min_length=1)


def load_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: the file is missing or says something that a recipe cannot say.
    """
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigError(
            f"expected a plate reader's recipe at {path}, got: {error}",
            remedy="compare it with traffic/training/recipes/plate_reader.yaml",
        ) from error
