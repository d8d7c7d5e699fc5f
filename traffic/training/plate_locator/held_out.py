"""Pictures that no locator is trained on, made the same way each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.datatypes import UInt8Array
from traffic.training.plate_locator.augmentation import degraded, plain
from traffic.training.plate_locator.dashcam import around_a_plate, dashcam_photos
from traffic.training.plate_locator.drawn import drawn_plate
from traffic.training.plate_locator.pasting import Pose, paste, posed_quad
from traffic.training.plate_locator.recipe import Recipe
from traffic.training.plate_locator.rendered import rendered_crops
from traffic.training.plate_locator.samples import PlateView
from traffic.training.plate_locator.scenes import near_a_plate, open_scenes, some_part, street
from traffic.training.plate_locator.sources import pasted
from traffic.training.plate_locator.taught import taught_crops

TEACHER_CACHE, SCENES_CACHE = "taught_held_out.npy", "scenes_held_out.npy"
FAR_PLATES_ACROSS = (9.0, 16.0)
_PER_KIND, _PER_SCENE = 250, 2


@dataclass(frozen=True)
class HeldOut:
    """`with_plates`: a set's name to its pictures; `silent`: vehicles and streets, the teacher sees no plate there."""

    with_plates: Mapping[str, list[PlateView]]
    silent: list[PlateView]


def held_out_views(recipe: Recipe, data: Path, cache: Path) -> HeldOut:
    """The dashcam's valid split, the held-out vehicles and streets, and drawn frames and plates of their own seeds.

    `far` shows plates of the dashcam, `scenes` those of streets, that are small in the picture. A set without a picture
    is left out.
    """
    random = np.random.default_rng([recipe.seed, 0x0D])
    taught = taught_crops(recipe.teaching, data, cache / TEACHER_CACHE, held_out=True)
    photos = dashcam_photos(data, "valid")
    scenes = open_scenes(recipe.teaching, data, cache / SCENES_CACHE, held_out=True)
    vehicles = taught.silent[:: max(len(taught.silent) // _PER_KIND, 1)]
    parts = min(_PER_KIND, _PER_SCENE * len(scenes))
    silent = vehicles + [some_part(scenes, street, random) for _ in range(max(parts - len(vehicles), 1))]
    sets = {
        "dashcam": [around_a_plate(photo, random) for photo in photos],
        "far": [around_a_plate(photo, random, FAR_PLATES_ACROSS) for photo in photos],
        "scenes": [some_part(scenes, near_a_plate, random) for _ in range(parts)],
        "taught": taught.with_plate[:: max(len(taught.with_plate) // _PER_KIND, 1)],
        "rendered": rendered_crops(recipe.rendered_held_out.seeds, cache),
        "pasted": [_pasted(view, recipe, random) for view in silent],
    }
    return HeldOut({name: views for name, views in sets.items() if views}, silent)


def turned_plates(silent: list[PlateView], size: tuple[int, int], angle_deg: float, seed: int) -> list[PlateView]:
    """Vehicle crops with a drawn plate turned by one angle about one axis in turn (yaw, pitch, roll), either way."""
    random = np.random.default_rng([seed, round(angle_deg)])
    return [_turned(plain(view, size).image, place, angle_deg, random) for place, view in enumerate(silent)]


def _turned(ground: UInt8Array, place: int, angle_deg: float, random: np.random.Generator) -> PlateView:
    angle = float(np.deg2rad(angle_deg)) * (1 if random.random() < 0.5 else -1)
    pose = (Pose(yaw_rad=angle), Pose(pitch_rad=angle), Pose(roll_rad=angle))[place % 3]
    picture = drawn_plate(random)
    height, width = ground.shape[:2]
    centre = float(random.uniform(0.35, 0.65)) * width, float(random.uniform(0.4, 0.7)) * height
    quad = posed_quad(picture.shape[1] / picture.shape[0], pose, centre, float(random.uniform(0.2, 0.4)) * width)
    image = ground.copy()
    paste(image, picture, quad, random)
    return PlateView(image, quad[None], np.ones(1, np.bool_))


def _pasted(view: PlateView, recipe: Recipe, random: np.random.Generator) -> PlateView:
    done = pasted(plain(view, recipe.input_size), recipe.steepest_deg, random)
    return PlateView(degraded(done.image, random), done.quads, done.exact)
