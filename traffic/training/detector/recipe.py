"""A training recipe: everything that decides what the weights become, in one committed YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from traffic.evaluation.labelled_images import VehicleClass
from traffic.settings import Settings
from traffic.training.recipe_file import InputSize, RenderedFrames, Share, read_recipe

SizeName = Literal["nano", "tiny", "s"]
RECIPES = Path(__file__).parents[1] / "recipes"


class Crops(Settings):
    """Pictures of single vehicles, one folder a type, strewn over a plain ground."""

    folder: str
    classes: dict[str, VehicleClass]
    """The type's folder to our class."""
    held_out: Share
    """The last share of each folder, in the order of the numbers in the names, is not trained on."""


class Teacher(Settings):
    """The COCO detector as a teacher for sets with incomplete labels."""

    sets: tuple[str, ...]
    input_size: InputSize
    class_score: Share
    """From here on its class narrows a label that leaves the class open."""
    ignore_score: Share
    """From here on a detection without a label becomes a region to ignore."""


class PublishedShares(Settings):
    """Of every weight of each part in the end: so much of the published COCO network with the recipe's activation, the
    rest of the trained one."""

    backbone: Share
    neck: Share
    head: Share


class TypeStage(Settings):
    """Training of the types alone, after all else, on what the rest of the network makes of each labelled vehicle."""

    batches: int = Field(gt=0)
    """So many are looked at, once."""
    mosaic_share: Share
    shares: dict[str, Share]
    """As the recipe's, for this stage."""
    rare_weight: float = Field(ge=0)
    """As the recipe's, for this stage."""
    class_preference: dict[VehicleClass, float]
    """As the recipe's, for this stage."""
    steps: int = Field(gt=0)
    cells: int = Field(gt=0)
    """Answering cells a step, drawn at random."""
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    class_weight_power: float = Field(ge=0)
    """A cell of a class weighs as the inverse of the class's number of cells to this power."""


class Pasted(Settings):
    """Rare vehicles pasted into pictures of roads, and hard shadows that are none."""

    sets: tuple[str, ...]
    """The pictures that receive them."""
    share: Share
    """Of these pictures, each time one is drawn."""
    most: int = Field(gt=0)
    """Vehicles a picture."""
    shadow_share: Share


class Recipe(Settings):
    """How weights are made."""

    name: str
    seed: int
    size: SizeName = "nano"
    start: str | None = None
    """Another recipe (.yaml, beside this one), which is run first; a model of ours (.onnx) with the recipe's classes,
    activation and size; or an official YOLOX checkpoint (.pth) of its size, as seen from where the command is given.
    Without it nano starts from the COCO file of the data folder, the others from nothing."""
    activation: Literal["mish", "silu"] = "mish"
    classes: tuple[VehicleClass, ...]
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    threads: int = Field(gt=0)
    input_sizes: tuple[InputSize, ...]
    """One is drawn for each batch."""
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup_steps: int = Field(ge=0)
    final_learning_rate_share: Share
    """The cosine ends at this share of the learning rate."""
    ema_decay: Share
    mosaic_share: Share
    plain_from: Share
    """From this share of the steps on there is no mosaic."""
    calibration_batches: int = Field(gt=0)
    published_shares: PublishedShares | None = None
    class_bias: dict[VehicleClass, float] = Field(default_factory=dict)
    """Logits added in the finished network: above 0 for a class that is too seldom said on validation pictures."""
    evaluate_every: int = Field(gt=0)
    """Steps between two exports with their held-out figures."""
    shares: dict[str, Share]
    """The share of tiles from each labelled set, and from `rendered` and `crops`."""
    rare_weight: float = Field(default=0, ge=0)
    """A picture is drawn 1 + this times the number of its certain vans, buses, trucks and motorcycles (4 at most) as
    often as one that has none."""
    class_preference: dict[VehicleClass, float]
    """Logits added where the label leaves the class open: below 0 for what is rare on the road."""
    rendered: RenderedFrames
    crops: Crops
    teacher: Teacher
    types: str | None = None
    """The list of types told by eye, beside the recipe."""
    pasted: Pasted | None = None
    type_stage: TypeStage | None = None


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; see read_recipe."""
    return read_recipe(path, Recipe, "vehicle_detector.yaml")
