"""A training recipe of the vehicle classifier: everything that decides what the weights become."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from traffic.settings import Settings
from traffic.training.recipe_file import InputSize, RenderedFrames, Share, read_recipe


class Rendered(RenderedFrames):
    """Frames, and which of the vehicles in them are cut out."""

    least_side_px: float = Field(gt=0)
    """Vehicles that look smaller are left out."""


class Opinion(Settings):
    """How the second opinion on types is made."""

    views: int = Field(gt=0)
    """How often its trunk looks at each real sample, varied anew but for the first time."""
    rendered_views: int = Field(gt=0)
    """The same of each drawn sample."""
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    ema_decay: Share
    dropout: Share
    label_smoothing: Share


class Recipe(Settings):
    """How weights are made."""

    name: str
    seed: int
    types: tuple[str, ...] = Field(min_length=2)
    colours: tuple[str, ...] = Field(min_length=2)
    input_size: InputSize
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
    opinion: Opinion

    @property
    def labels_path(self) -> Path:
        """Where the labelled list lies."""
        return Path(__file__).parent / self.labels


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; see read_recipe."""
    return read_recipe(path, Recipe, "vehicle_classifier.yaml")
