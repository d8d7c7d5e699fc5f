from pathlib import Path

import numpy as np
import pytest

from traffic.simulation.fleet import PlacedVehicle, design_vehicle
from traffic.training.classifier.rendered import colour_of, draw_samples, rendered_samples, type_of

DAY_SEED, NIGHT_SEED = 1, 16
LEAST_SIDE_PX = 20.0


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("car", "suv", "car"),
        ("van", "minibus", "van"),
        ("truck", "tipper", "truck"),
        ("truck", "articulated", "articulated_truck"),
        ("motorcycle", "motorcycle", "motorcycle"),
    ],
)
def test_a_drawn_vehicle_has_its_bodys_type(kind: str, body: str, expected: str) -> None:
    assert type_of(design_vehicle(kind, np.random.default_rng(0), body)) == expected


@pytest.mark.parametrize(
    ("kind", "heading", "known"),
    [("car", 1, True), ("car", -1, True), ("truck", -1, True), ("truck", 1, False)],
    ids=["car from behind", "car from the front", "lorry from the front", "lorry from behind"],
)
def test_a_lorrys_colour_is_its_cabs_which_only_the_front_shows(kind: str, heading: int, known: bool) -> None:
    design = design_vehicle(kind, np.random.default_rng(3))
    told = colour_of(PlacedVehicle(0, design, 0.0, 20.0, heading))
    expected = "grey" if design.colour == "silver" else design.colour
    assert told == (expected if known else None)


def test_samples_are_drawn_once_and_read_back_as_they_were(tmp_path: Path) -> None:
    drawn = draw_samples(DAY_SEED, LEAST_SIDE_PX)
    first = rendered_samples([DAY_SEED], LEAST_SIDE_PX, tmp_path)
    (stored,) = tmp_path.iterdir()
    drawn_at = stored.stat().st_mtime_ns
    second = rendered_samples([DAY_SEED], LEAST_SIDE_PX, tmp_path)
    assert stored.stat().st_mtime_ns == drawn_at
    assert len(drawn) > 0
    for samples in (first, second):
        for sample, expected in zip(samples, drawn, strict=True):
            assert (sample.type, sample.colour, sample.xyxy) == (expected.type, expected.colour, expected.xyxy)
            np.testing.assert_array_equal(sample.image, expected.image)


def test_an_empty_frame_is_kept_as_empty(tmp_path: Path) -> None:
    for _ in range(2):
        assert rendered_samples([DAY_SEED], 5000.0, tmp_path) == []


def test_every_sample_is_large_enough() -> None:
    for sample in draw_samples(DAY_SEED, LEAST_SIDE_PX):
        x1, y1, x2, y2 = sample.xyxy
        assert min(x2 - x1, y2 - y1) > 0
        assert sample.source == "rendered"


def test_night_hides_the_colour() -> None:
    assert {sample.colour for sample in draw_samples(NIGHT_SEED, LEAST_SIDE_PX)} == {None}
