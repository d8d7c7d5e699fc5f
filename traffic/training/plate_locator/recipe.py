"""A plate locator's recipe: everything that decides what the weights become, in one committed YAML file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from traffic.settings import Settings
from traffic.training.recipe_file import InputSize, Share, read_recipe


class Frames(Settings):
    """Frames drawn by traffic.simulation: one seed, one frame."""

    first_seed: int = Field(ge=0)
    count: int = Field(gt=0)

    @property
    def seeds(self) -> range:
        """The frames' seeds."""
        return range(self.first_seed, self.first_seed + self.count)


class Teaching(Settings):
    """Which of the teacher's answers on vehicle crops are believed."""

    minimum_height_px: float = Field(gt=0)
    """Smaller vehicles are not looked at."""
    margin: Share
    """Room around a vehicle, as a share of its size."""
    plate_score: Share
    """From here on the best box is a plate."""
    silent_score: Share
    """Below it there is no plate that anybody could see; between the two the crop is left out."""


class Recipe(Settings):
    """How weights are made."""

    name: str
    seed: int
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    threads: int = Field(gt=0)
    input_size: InputSize
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup_share: Share
    """The learning rate rises over this share of the steps, then falls along a cosine."""
    ema_decay: Share
    evaluate_every: int = Field(gt=0)
    """Steps between two exports with their held-out figures."""
    steepest_deg: float = Field(gt=0, lt=90)
    """Pasted plates are turned by up to this much about each axis."""
    shares: dict[str, Share]
    """The share of pictures from each source."""
    teaching: Teaching
    rendered: Frames
    rendered_held_out: Frames


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; see read_recipe."""
    return read_recipe(path, Recipe, "plate_locator.yaml")
