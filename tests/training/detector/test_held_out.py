from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.evaluation.detectors import Answer
from traffic.evaluation.labelled_images import class_mask
from traffic.training.detector.held_out import held_out, type_figures
from traffic.training.detector.recipe import load_recipe

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
BOX = [10.0, 10.0, 50.0, 50.0]


def answer(label: Sequence[str], found: str, score: float = 0.9, box: Sequence[float] = BOX) -> Answer:
    """One vehicle, and what was found in its place."""
    ids = np.array([VEHICLE_CLASSES.index(found)])
    detections = Detections(np.array([box], np.float32), np.array([score], np.float32), ids)
    return Answer(np.array([BOX], np.float32), class_mask([label]), detections)


def shares(
    ours: dict[str, list[Answer]], peers: dict[str, list[Answer]] | None = None
) -> dict[tuple[str, str], tuple[float, int, float | None]]:
    figures = type_figures(ours, peers or ours, 0.5)
    return {(each.set, each.name.split(":")[0]): (each.value, each.samples, each.peer_value) for each in figures}


def test_a_type_is_judged_where_the_vehicle_is_found_and_its_type_is_certain() -> None:
    seen = [
        answer(["bus"], "bus"),
        answer(["bus"], "truck"),
        answer(["bus"], "bus", score=0.4),
        answer(["bus"], "bus", box=[100, 100, 150, 150]),
        answer(["bus", "van"], "van"),
        answer([], "bus"),
    ]
    assert shares({"photos": seen}) == {("photos", "bus"): (0.5, 2, 0.5), ("all", "bus"): (0.5, 2, 0.5)}


def test_all_sets_together_count_no_picture_twice() -> None:
    night = answer(["truck"], "truck")
    sets = {"day_and_night": [night, answer(["truck"], "car")], "night": [night], "photos": [answer(["van"], "van")]}
    found = shares(sets)
    assert found["all", "truck"] == (0.5, 2, 0.5)
    assert found["night", "truck"] == (1.0, 1, 1.0)
    assert found["all", "van"] == (1.0, 1, 1.0)


def test_the_peer_is_judged_by_what_it_finds_itself() -> None:
    found = shares({"photos": [answer(["van"], "van")]}, {"photos": [answer(["van"], "car")]})
    assert found["photos", "van"] == (1.0, 1, 0.0)
    missed = shares({"photos": [answer(["van"], "van")]}, {"photos": [answer(["van"], "van", score=0.1)]})
    assert missed["photos", "van"] == (1.0, 1, None)


def test_the_held_out_pictures_are_those_kept_from_training(tiny_data: Path, tmp_path: Path) -> None:
    shipped = load_recipe(SHIPPED)
    rendered = shipped.rendered.model_copy(update={"held_out_frames": 1, "held_out_first_seed": 10})
    sets = held_out(shipped.model_copy(update={"rendered": rendered}), tiny_data, tmp_path)
    names = {name: [picture.name for picture in pictures()] for name, pictures in sets.items()}
    assert names["overbridge"] == ["det_topview/train/images/2_mp4-0.png"]
    assert names["day"] == names["day_and_night"] == ["det_atl_daynight/train/images/Z97.png"]
    assert names["night"] == []
    assert names["rendered"] == ["rendered/10"]


@pytest.mark.parametrize("part", ["night", "day"])
def test_by_night_and_by_day_are_parts_of_one_set(part: str, tmp_path: Path, tiny_data: Path) -> None:
    sets = held_out(load_recipe(SHIPPED), tiny_data, tmp_path)
    whole = {picture.name for picture in sets["day_and_night"]()}
    assert {picture.name for picture in sets[part]()} <= whole
