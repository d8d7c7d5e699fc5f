"""A model's card: which file it is, what goes in, what comes out, and what it was made from and measured on.

A card is a YAML file beside the model; the same folder holds the model file that it names.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import yaml
from pydantic import Field, ValidationError

from traffic.errors import ModelError
from traffic.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[int, Field(gt=0)]


class ImageInput(Settings):
    """What the model takes: a batch of pictures of one size; whatever it normalises, it does inside the graph."""

    name: str
    """The graph's input."""
    layout: Literal["NCHW"] = "NCHW"
    colour: Literal["BGR"] = "BGR"
    dtype: Literal["float32"] = "float32"
    value_range: tuple[float, float] = (0.0, 255.0)
    letterbox: Literal["top-left", "stretch"] = "top-left"
    """top-left: the picture keeps its shape, the rest of the input is `pad_value`; stretch: it fills the input."""
    pad_value: int = Field(default=114, ge=0, le=255)
    stride: Pixels = 32
    """Width and height are multiples of this."""
    default_size: tuple[Pixels, Pixels] = (640, 384)
    """(width, height) that the metrics were taken at; the graph takes others."""


class YoloxOutput(Settings):
    """What the model gives: (n, anchors, 5 + classes), anchors in row order of each stride's grid, finest first.

    A row is the centre's offset from its grid cell in cells (x, y), the logarithm of width and height in strides,
    then objectness and one score a class, each already through the sigmoid.
    """

    name: str
    """The graph's output."""
    format: Literal["yolox-undecoded"] = "yolox-undecoded"
    strides: tuple[Pixels, ...] = (8, 16, 32)


class DataSource(Settings):
    """One set of pictures that the weights were trained on."""

    name: str
    licence: str
    images: int | None = Field(default=None, ge=0)
    """How many, where we chose them ourselves."""


class Measurement(Settings):
    """Average precision of all vehicles as one class on pictures that the weights were not trained on."""

    set: str
    images: int = Field(ge=0)
    boxes: int = Field(ge=0)
    input_size: tuple[Pixels, Pixels]
    """(width, height) of the letterboxed input."""
    ap50: Share
    ap: Share
    """Mean over IoU .50 to .95."""
    coco_ap50: Share | None = None
    """The same of the original COCO weights on the same pictures."""
    coco_ap: Share | None = None


class ClassRecall(Settings):
    """Among the unoccluded vehicles of one class: how many are found, and how many of those get the right class."""

    set: str
    class_name: str
    vehicles: int = Field(ge=0)
    recall: Share
    """At IoU .5 and the suggested score threshold."""
    correct_class: Share


class Recipe(Settings):
    """How to make the weights again."""

    command: str
    seed: int


class Figure(Settings):
    """One number that was measured on data which the weights were not trained on."""

    set: str
    name: str
    """What was measured, like `exact match`."""
    value: float
    samples: int = Field(ge=0)
    peer: str | None = None
    """Another model on the same data."""
    peer_value: float | None = None


class ModelCard(Settings):
    """Identity of a model file, and what goes in; each task's card adds what comes out."""

    name: str
    task: str
    file: str
    """The model's file name, in the card's own folder."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    created: date
    input: ImageInput
    data: tuple[DataSource, ...]
    figures: tuple[Figure, ...] = ()
    recipe: Recipe
    note: str = ""


class DetectorCard(ModelCard):
    """Identity and contract of a vehicle detector."""

    task: Literal["vehicle-detection"]
    output: YoloxOutput
    classes: tuple[str, ...] = Field(min_length=1)
    """In the order of the output's class columns."""
    score_threshold: Share
    """Suggested: the best F1 on held-out sets with complete labels lies here."""
    quantised_from: str | None = None
    """Of an INT8 model: the card, in the same folder, of the float model that it is held against."""
    allowed_ap_loss: Share = 0.015
    """How much lower the AP of an engine in lower precision than float32 may be; one that loses more is refused."""
    metrics: tuple[Measurement, ...] = ()
    class_recall: tuple[ClassRecall, ...] = ()


class ClassifierCard(ModelCard):
    """Identity and contract of a vehicle classifier: (n, types + colours), each head through its own softmax."""

    task: Literal["vehicle-classification"]
    types: tuple[str, ...] = Field(min_length=1)
    """In the order of the output's first columns."""
    colours: tuple[str, ...] = Field(min_length=1)
    """In the order of the columns after those."""


class PlateLocatorCard(ModelCard):
    """Identity and contract of a plate locator, which says in the best cell of a grid where the corners lie.

    The output is (n, cells, 9), cells row by row: the score through the sigmoid, then x and y of the top left, top
    right, bottom right and bottom left corner in pixels of the input.
    """

    task: Literal["plate-location"]
    score_threshold: Share


class PlateReaderCard(ModelCard):
    """Identity and contract of a plate reader.

    The output is (n, slots * symbols + countries): for each slot, left to right, the upper line before the lower, a
    softmax over blank and `alphabet`; then a softmax over `countries`.
    """

    task: Literal["plate-reading"]
    alphabet: str = Field(min_length=1)
    """Symbol i + 1 is its character i; symbol 0 is the blank: nothing in this slot."""
    slots: int = Field(gt=0)
    countries: tuple[str, ...] = Field(min_length=1)


class PersonDetectorCard(ModelCard):
    """Identity and contract of a detector of people: as a vehicle detector's, with one class."""

    task: Literal["person-detection"]
    output: YoloxOutput
    classes: tuple[Literal["person"]]
    score_threshold: Share
    """Suggested: low, because whom it misses is shown, and what it takes for a person is but blurred."""


Card = TypeVar("Card", bound=ModelCard)
KINDS: tuple[type[ModelCard], ...] = (
    DetectorCard,
    ClassifierCard,
    PlateLocatorCard,
    PlateReaderCard,
    PersonDetectorCard,
)


def load_model_card(path: Path, kind: type[Card]) -> Card:
    """Read the card of a model for one task.

    Raises:
        ModelError: the card is missing, is no YAML, is another task's, or says something that a card of this kind
            cannot say.
    """
    card = _read(path)
    task = card.get("task") if isinstance(card, dict) else None
    if task in [_task(each) for each in KINDS if each is not kind]:
        raise ModelError(
            f"{path} is not the card of a {_task(kind)} model, but of a {task} model",
            remedy=f"name the card of a {_task(kind)} model (`traffic models list`)",
        )
    try:
        return kind.model_validate(card)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the card'}: {each['msg']}" for each in error.errors())
        raise ModelError(f"{path} is not the card of a {_task(kind)} model: {wrong}", remedy=_REINSTALL) from error


def load_any_card(path: Path) -> ModelCard:
    """Read a card of whatever task it names.

    Raises:
        ModelError: see load_model_card; or no task of ours has that name.
    """
    card = _read(path)
    task = card.get("task") if isinstance(card, dict) else None
    for kind in KINDS:
        if task == _task(kind):
            return load_model_card(path, kind)
    known = ", ".join(_task(kind) for kind in KINDS)
    raise ModelError(f"{path} is not a model card: expected a task ({known}), got {task!r}", remedy=_REINSTALL)


def _task(kind: type[ModelCard]) -> str:
    return str(get_args(kind.model_fields["task"].annotation)[0])


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"expected a model card at {path}, found none", remedy=_REINSTALL) from error
    except (OSError, ValueError, yaml.YAMLError) as error:  # an impossible date is a ValueError
        raise ModelError(f"{path} is not a model card: {error}", remedy=_REINSTALL) from error


def require_contract(
    card: DetectorCard, *, pad_value: int, strides: tuple[int, ...], output_format: str, input_multiple: int
) -> None:
    """Refuse a model that the detector's code would feed or read wrongly.

    Args:
        card: the model's.
        pad_value, strides, output_format: what the detector's code knows how to make and to decode.
        input_multiple: input widths and heights are multiples of this.

    Raises:
        ModelError: naming everything in which the card differs.
    """
    card_says = {
        "input.pad_value": (card.input.pad_value, pad_value),
        "input.value_range": (card.input.value_range, (0.0, 255.0)),
        "output.strides": (card.output.strides, strides),
        "output.format": (card.output.format, output_format),
    }
    wrong = [f"{key}: expected {ours}, got {theirs}" for key, (theirs, ours) in card_says.items() if theirs != ours]
    if input_multiple % card.input.stride:
        wrong.append(f"input.stride: expected a divisor of {input_multiple}, got {card.input.stride}")
    if wrong:
        raise ModelError(
            f"the detector cannot run the model {card.name}: {'; '.join(wrong)}",
            remedy="use a model that came with this project (`traffic models list`), or correct the card",
        )


def verified_model_path(card_path: Path) -> Path:
    """The path of the card's model, whose bytes are those that the card was written for.

    Raises:
        ModelError: the card cannot be read, or the model's file is missing or has another SHA-256.
    """
    card = load_any_card(card_path)
    path = card_path.parent / card.file
    if not path.is_file():
        raise ModelError(f"{card_path} names {path} (sha256 {card.sha256}), found no such file", remedy=_REINSTALL)
    actual = sha256_of(path)
    if actual != card.sha256:
        raise ModelError(f"{path}: expected sha256 {card.sha256}, got {actual}", remedy=_REINSTALL)
    return path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_REINSTALL = "put the model and its card back as released (`git checkout -- engines/`), or name another in config.yaml"
