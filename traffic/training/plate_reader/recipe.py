"""A plate reader's recipe: everything that decides what its weights become, in one committed YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from traffic.settings import Settings
from traffic.training.recipe_file import Share, read_recipe

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
    kept: Share = 0.0
    """Share that the weights from which it started have in those with which it ends."""
    beside: bool = False
    """It starts where the stage before it started, and ends with the mean of what both made of those weights."""


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
    font_folders: tuple[Path, ...] = ()
    """Folders of such fonts, from where the command runs: what traffic.training.plate_reader.fonts fetched."""
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

    @model_validator(mode="after")
    def _something_beside(self) -> Recipe:
        for number, (before, stage) in enumerate(zip((None, *self.stages), self.stages, strict=False), 1):
            if stage.beside and (before is None or stage.blocks or before.beside):
                raise ValueError(
                    f"stage {number} is beside another: expected a stage before it that is beside none, and no blocks"
                )
        return self


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; see read_recipe."""
    return read_recipe(path, Recipe, "plate_reader.yaml")
