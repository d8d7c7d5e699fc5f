"""What all recipes have in common: how the file is read, and the fields that mean the same in every room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import Field

from traffic.errors import ConfigError
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(gt=0, multiple_of=32)]
InputSize = tuple[Side, Side]
"""(width, height)."""
Kind = TypeVar("Kind", bound=Settings)


class RenderedFrames(Settings):
    """Frames drawn by traffic.simulation: one seed, one frame."""

    frames: int = Field(gt=0)
    first_seed: int = Field(ge=0)
    held_out_frames: int = Field(gt=0)
    held_out_first_seed: int = Field(ge=0)

    @property
    def seeds(self) -> range:
        """The frames to train on."""
        return range(self.first_seed, self.first_seed + self.frames)

    @property
    def held_out_seeds(self) -> range:
        """The frames to measure on."""
        return range(self.held_out_first_seed, self.held_out_first_seed + self.held_out_frames)


def read_recipe(path: Path, kind: type[Kind], shipped: str) -> Kind:
    """Read a recipe.

    Args:
        path: a YAML file.
        kind: what a recipe of this room may say.
        shipped: the file in traffic/training/recipes that shows how such a recipe looks.

    Raises:
        ConfigError: the file is missing or says something that such a recipe cannot say.
    """
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path} is not a recipe: {error}", remedy=f"see traffic/training/recipes/{shipped}"
        ) from error
