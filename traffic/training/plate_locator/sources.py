"""Where training pictures come from, by the names that a recipe's shares use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.training.plate_locator.augmentation import seen
from traffic.training.plate_locator.dashcam import around_a_plate, dashcam_photos
from traffic.training.plate_locator.drawn import drawn_plate, write_anywhere
from traffic.training.plate_locator.measure import Finder
from traffic.training.plate_locator.pasting import erase, paste, posed_quad, random_pose
from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.rendered import rendered_crops
from traffic.training.plate_locator.samples import PlateView
from traffic.training.plate_locator.scenes import near_a_plate, open_scenes, some_part, street
from traffic.training.plate_locator.streets import hardest, lettered
from traffic.training.plate_locator.taught import taught_crops

Source = Callable[[np.random.Generator], PlateView]
TEACHER_CACHE, SCENES_CACHE = "taught.npy", "scenes.npy"
_WHOLE_PHOTO_SHARE = 0.2
_STREET_SHARE = 0.2
"""Of the drawn plates are laid on streets, not on vehicles."""
_ERASED_SHARE = 0.15
_WORD_SHARE = 0.2
_PLATES_ACROSS = (2.0, 16.0)


def open_sources(recipe: Recipe, data: Path, cache: Path, finder: Finder | None = None) -> Mapping[str, Source]:
    """Every source of a recipe, each giving pictures at the network's input, not yet degraded.

    Args:
        recipe: input size, teaching, drawn frames and angles.
        data: the data folder.
        cache: where drawn frames and the teacher's answers are kept.
        finder: an earlier locator, to choose pictures without a plate that are hard.
    """
    taught = taught_crops(recipe.teaching, data, cache / TEACHER_CACHE, held_out=False)
    scenes = open_scenes(recipe.teaching, data, cache / SCENES_CACHE, held_out=False)
    photos = dashcam_photos(data, "train")
    rendered = rendered_crops(recipe.rendered.seeds, cache)
    grounds = taught.with_plate + taught.silent
    size = recipe.input_size

    def silent(random: np.random.Generator) -> PlateView:
        return _one_of(taught.silent, random)

    def streets(random: np.random.Generator) -> PlateView:
        return some_part(scenes, street, random)

    def ground(random: np.random.Generator) -> PlateView:
        return streets(random) if random.random() < _STREET_SHARE else _one_of(grounds, random)

    return {
        "taught": lambda random: seen(_one_of(taught.with_plate, random), size, random),
        "scenes": lambda random: seen(some_part(scenes, near_a_plate, random), size, random),
        "silent": lambda random: lettered(seen(hardest(silent, finder, random), size, random), random),
        "street": lambda random: lettered(seen(hardest(streets, finder, random), size, random), random),
        "rendered": lambda random: seen(_one_of(rendered, random), size, random),
        "dashcam": lambda random: seen(_dashcam(_one_of(photos, random), random), size, random),
        "pasted": lambda random: pasted(seen(ground(random), size, random), recipe.steepest_deg, random),
    }


def pasted(view: PlateView, steepest_deg: float, random: np.random.Generator) -> PlateView:
    """A picture whose own plates are painted over, with a drawn plate in their place, or anywhere if it has none."""
    image = view.image.copy()
    for quad in view.quads:
        erase(image, quad, random)
    if random.random() < _WORD_SHARE:
        write_anywhere(image, random)
    if len(view.quads) and random.random() < _ERASED_SHARE:
        return PlateView(image, view.quads[:0], view.exact[:0])
    picture = drawn_plate(random)
    quad = _place(picture, view, steepest_deg, random)
    paste(image, picture, quad, random)
    return PlateView(image, quad[None], np.ones(1, np.bool_))


def _place(picture: UInt8Array, view: PlateView, steepest_deg: float, random: np.random.Generator) -> Float32Array:
    aspect = picture.shape[1] / picture.shape[0]
    height, width = view.image.shape[:2]
    slim = min(1.0, aspect / 4)
    if len(view.quads) and random.random() < 0.6:
        middle, plate_width = view.quads[0].mean(axis=0), float(np.ptp(view.quads[0][:, 0]))
        centre = middle[0] + random.normal(0, 0.15) * plate_width, middle[1] + random.normal(0, 0.1) * plate_width
        wide = plate_width * float(random.uniform(1.0, 1.6)) * slim
        return posed_quad(aspect, random_pose(random, 0.6 * steepest_deg), centre, max(wide, 14.0))
    wide = slim * width * float(np.exp(random.uniform(np.log(0.05), np.log(0.85))))
    centre = float(random.uniform(0.15, 0.85)) * width, float(random.uniform(0.2, 0.92)) * height
    return posed_quad(aspect, random_pose(random, steepest_deg), centre, max(wide, 14.0))


def _dashcam(photo: PlateView, random: np.random.Generator) -> PlateView:
    return photo if random.random() < _WHOLE_PHOTO_SHARE else around_a_plate(photo, random, _PLATES_ACROSS)


def _one_of(views: list[PlateView], random: np.random.Generator) -> PlateView:
    return views[random.integers(len(views))]
