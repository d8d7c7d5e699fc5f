"""What a recipe's commands may change of it, each alike: its size and what it starts from."""

from __future__ import annotations

from typing import Annotated

import typer

from traffic.training.detector.recipe import Recipe, SizeName

SizeOption = Annotated[SizeName | None, typer.Option(help="another size than the recipe's")]
StartOption = Annotated[str | None, typer.Option(help="another start than the recipe's: a .yaml, .onnx or .pth file")]


def changed(recipe: Recipe, size: SizeName | None, start: str | None) -> Recipe:
    """The recipe with another size or start; one of another size never starts from the weights that it names itself,
    and takes no bias that was chosen for them.

    Args:
        recipe: as it was read.
        size: None: the recipe's.
        start: None: the recipe's; for another size none, see Recipe.
    """
    if size is None or size == recipe.size:
        return recipe.model_copy(update={"start": start or recipe.start})
    name = f"vehicle-detector-{size}-{recipe.activation}"
    return recipe.model_copy(update={"size": size, "start": start, "name": name, "class_bias": {}})


def as_given(size: SizeName | None, start: str | None) -> str:
    """What to write behind a command to give it the same options again; empty, or with a space before each."""
    given = {"--size": size, "--start": start}
    return "".join(f" {option} {value}" for option, value in given.items() if value is not None)
