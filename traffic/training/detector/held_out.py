"""What a recipe never trains on: the pictures, and whether the vehicles found there get their right type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, Int64Array
from traffic.evaluation.detection import Pictures, found_classes, held_out_sets
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import LabelledImage
from traffic.inference.model_card import Figure
from traffic.training.detector.by_eye import Types, load_types, retyped
from traffic.training.detector.crops import CropPile
from traffic.training.detector.recipe import RECIPES, Recipe
from traffic.training.detector.rendered import rendered_images

NIGHT = tuple(f"det_atl_daynight/train/images/{block}*" for block in ("10258", "10259", "102600_"))
"""The night camera's held-out block; the other held-out pictures of its set are by day."""
CROP_PICTURES = 60
CROP_SEED = 5
EVERY_SET = "all"
PLAIN_GROUND = "crops"
"""The set whose vehicles are on no road: good for types alone."""
PEER = "COCO YOLOX-Nano"
PARTS = ("night", "day")
"""Of day_and_night."""


def held_out(recipe: Recipe, data: Path, cache: Path) -> dict[str, Pictures]:
    """The held-out pictures by set, typed by eye where the recipe's list tells of them, and read anew at each call.

    `night` and `day` are the two parts of day_and_night, PLAIN_GROUND the held-out crops.

    Args:
        recipe: names the list of types, the drawn frames and the crops.
        data: the data folder.
        cache: where drawn frames are kept.
    """
    types = load_types(RECIPES / recipe.types) if recipe.types is not None else {}
    sets: dict[str, Pictures] = {
        name: partial(_typed, pictures, types) for name, pictures in held_out_sets(data).items()
    }
    parts = {name: partial(_part, sets["day_and_night"], name) for name in PARTS}
    drawn = partial(_drawn, recipe, cache)
    return sets | parts | {"rendered": drawn, PLAIN_GROUND: partial(_laid_out, recipe, data)}


def type_figures(
    ours: Mapping[str, Sequence[Answer]], peers: Mapping[str, Sequence[Answer]], threshold: float, peer: str = PEER
) -> list[Figure]:
    """For every set, and for all of them, the share of right types among the found vehicles of each certain type.

    Args:
        ours: our answers by set; `all` leaves out the parts of other sets.
        peers: the peer's answers to the same pictures.
        threshold: the least score of a detection, ours or the peer's.
        peer: its name.
    """
    whole = [name for name in ours if name not in PARTS]
    by_set = {**ours, EVERY_SET: [answer for name in whole for answer in ours[name]]}
    by_peer = {**peers, EVERY_SET: [answer for name in whole for answer in peers[name]]}
    return [
        figure
        for name in by_set
        for kind in VEHICLE_CLASSES
        for figure in _figure(name, kind, (by_set[name], by_peer[name]), threshold, peer)
    ]


def _figure(
    name: str, kind: str, both: tuple[Sequence[Answer], Sequence[Answer]], threshold: float, peer: str
) -> Iterator[Figure]:
    found, theirs = (_types_found(answers, VEHICLE_CLASSES.index(kind), threshold) for answers in both)
    if len(found):
        yield Figure(
            set=name,
            name=f"{kind}: right type among those found",
            value=_share(found, kind),
            samples=len(found),
            peer=peer if len(theirs) else None,
            peer_value=_share(theirs, kind) if len(theirs) else None,
        )


def _types_found(answers: Sequence[Answer], kind: int, threshold: float) -> Int64Array:
    """The types given to the found vehicles that are certainly of one type."""
    types = [np.zeros(0, np.int64)]
    for answer in answers:
        certain = (answer.allowed.sum(axis=1) == 1) & answer.allowed[:, kind]
        given = found_classes(answer, threshold)[certain]
        types.append(given[given >= 0])
    return np.concatenate(types)


def _share(types: Int64Array, kind: str) -> float:
    return round(float((types == VEHICLE_CLASSES.index(kind)).mean()), 3)


def _typed(pictures: Pictures, types: Types) -> Iterator[LabelledImage]:
    return (retyped(picture, types) for picture in pictures())


def _part(pictures: Pictures, part: str) -> Iterator[LabelledImage]:
    return (picture for picture in pictures() if _hours(picture) == part)


def _hours(picture: LabelledImage) -> str:
    return "night" if any(fnmatch(picture.name, pattern) for pattern in NIGHT) else "day"


def _drawn(recipe: Recipe, cache: Path) -> Iterator[LabelledImage]:
    return iter(rendered_images(recipe.rendered.held_out_seeds, cache))


def _laid_out(recipe: Recipe, data: Path) -> Iterator[LabelledImage]:
    pile, random = CropPile(recipe.crops, data, held_out=True), np.random.default_rng(CROP_SEED)
    return (pile.lay_out(random) for _ in range(CROP_PICTURES if len(pile) else 0))
