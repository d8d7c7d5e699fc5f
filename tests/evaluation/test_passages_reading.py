from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.evaluation.known_passages import SEEN
from traffic.datatypes import PlateReading, VehicleCrop
from traffic.errors import ConfigError
from traffic.evaluation.passages_reading import (
    STRESS_HEIGHTS_PX,
    HowSeen,
    is_stress,
    known_passage,
    open_plate_recognizer,
    read_rendered,
    read_stress,
    seeds_of,
    vehicle_crops,
)
from traffic.simulation.plate_passages import draw_passage

ENGINES = Path(__file__).parents[2] / "engines"


class EverySecond:
    """Reads every second crop; the text is how many it was given at once."""

    def __init__(self) -> None:
        self.seen = 0

    def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
        self.seen += len(crops)
        if self.seen % 2:
            return [None] * len(crops)
        return [PlateReading(f"A{len(crops)}", (0.5, 0.5), crop.frame.pts_ns, crop.xyxy) for crop in crops]


def test_conditions_survive_as_words() -> None:
    assert HowSeen.of_words(SEEN.words()) == SEEN
    assert SEEN.words() == "night away 80.0 km/h 24.0 px 4 views car 1"


def test_other_words_are_refused() -> None:
    with pytest.raises(ConfigError, match="night away"):
        HowSeen.of_words("in fog")


def test_a_passage_is_read_frame_by_frame() -> None:
    passage = draw_passage(3)
    known = known_passage(passage, EverySecond())
    seen = HowSeen.of_words(known.conditions)
    assert seen.views == len(passage.views)
    assert [each.text for each in known.readings] == ["A1"] * (len(passage.views) // 2)
    assert [each.pts_ns for each in known.readings] == [view.pts_ns for view in passage.views[1::2]]
    assert (known.text, known.country) == (passage.text, passage.country)
    assert seen.height_px == pytest.approx(passage.conditions.plate_height_px, abs=0.05)


def test_crops_are_the_views() -> None:
    passage = draw_passage(3, maximum_views=2)
    crops = vehicle_crops(passage)
    assert [crop.xyxy for crop in crops] == [view.vehicle_xyxy for view in passage.views]
    assert all((crop.frame.image == view.image).all() for crop, view in zip(crops, passage.views, strict=True))


def test_runs_share_no_seed_with_each_other_nor_with_stress_passages() -> None:
    usual = [seed for run in (1, 2) for seed in seeds_of(run, 2000)]
    assert len(set(usual)) == 4000
    stress = read_stress(EverySecond(), 2, 1)
    assert {HowSeen.of_words(each.conditions).height_px for each in stress} == set(STRESS_HEIGHTS_PX)
    seeds = {int(each.name.rsplit("-", 1)[1]) for each in stress}
    assert len(seeds) == len(STRESS_HEIGHTS_PX)
    assert not seeds & set(usual)
    assert all(map(is_stress, stress))


def test_our_models_read_most_large_plates() -> None:
    told: list[int] = []
    with open_plate_recognizer(ENGINES / "plate_locator.yaml", ENGINES / "plate_reader.yaml") as recognizer:
        known = read_rendered(recognizer, range(6), 40.0, lambda _, done: told.append(done))
    assert told == [1, 2, 3, 4, 5, 6]
    assert not any(map(is_stress, known))
    assert sum(any(each.text == one.text for each in one.readings) for one in known) >= 3
