"""What the chain puts on record of a scene, held against the scene's truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from tests.end_to_end.oracle import Oracle, Vehicle
from tests.end_to_end.project import film
from tests.end_to_end.record import Passed, passed_vehicles

SPEED_TOLERANCE = 0.03
CROSSING_TOLERANCE_NS = 250_000_000
SCENES = [
    pytest.param((("--seconds", "10"), 0), id="ten seconds of the demonstration"),
    pytest.param(((), 1), id="the demonstration"),
]
"""How to film it, and how many of its vehicles bear no plate on the side that is seen: motorcycles come towards us."""


@dataclass(frozen=True)
class Judged:
    """A scene and the passages on record, each with the vehicle that made it."""

    oracle: Oracle
    found: tuple[tuple[Passed, int | None], ...]
    without_plate: int

    @property
    def pairs(self) -> list[tuple[Vehicle, Passed]]:
        return [(self.oracle.vehicles[vehicle], passed) for passed, vehicle in self.found if vehicle is not None]


@pytest.fixture(scope="module", params=SCENES)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    options, without_plate = request.param
    project = film(tmp_path_factory.mktemp("scene"), *options)
    answer = project.run()
    assert answer.code == 0, answer.err
    oracle = Oracle(project.folder / "road.json")
    passed = passed_vehicles(project.database)
    return Judged(oracle, tuple((each, oracle.whose(each)) for each in passed), without_plate)


def test_every_vehicle_that_crosses_the_zone_is_one_passage_and_no_vehicle_is_two(judged: Judged) -> None:
    counts = Counter(vehicle for _, vehicle in judged.found)
    expected = {number for number, vehicle in judged.oracle.vehicles.items() if vehicle.crosses_the_zone}
    assert expected, "the scene is no test without vehicles"
    assert {number: counts[number] for number in expected} == dict.fromkeys(expected, 1)
    assert {number for number, times in counts.items() if times > 1} == set()


def test_no_passage_is_without_a_vehicle(judged: Judged) -> None:
    assert [passed for passed, vehicle in judged.found if vehicle is None] == []


def test_every_speed_is_within_three_percent(judged: Judged) -> None:
    measured = {vehicle.vehicle_id: passed.speed_mps for vehicle, passed in judged.pairs if passed.speed_mps}
    errors = {number: speed / judged.oracle.vehicles[number].speed_mps - 1 for number, speed in measured.items()}
    assert set(errors) >= {each.vehicle_id for each in judged.oracle.vehicles.values() if each.crosses_the_zone}
    assert {number: f"{error:+.2%}" for number, error in errors.items() if abs(error) > SPEED_TOLERANCE} == {}


def test_every_plate_that_is_to_be_seen_is_read(judged: Judged) -> None:
    """A motorcycle that comes towards the camera bears none in front."""
    read = {
        vehicle.vehicle_id: (passed.plate, vehicle.plate) for vehicle, passed in judged.pairs if vehicle.shows_plate
    }
    assert read, "the scene is no test without plates"
    assert {number: pair for number, pair in read.items() if pair[0] != pair[1]} == {}


def test_no_plate_is_made_up(judged: Judged) -> None:
    told = [passed.plate for vehicle, passed in judged.pairs if not vehicle.shows_plate]
    assert told == [None] * judged.without_plate


@pytest.mark.parametrize("word", ["vehicle_type", "colour"])
def test_types_and_colours_are_the_vehicles_own_but_for_one_in_ten(judged: Judged, word: str) -> None:
    wrong = [
        (vehicle.vehicle_id, getattr(vehicle, word), getattr(passed, word))
        for vehicle, passed in judged.pairs
        if getattr(vehicle, word) != getattr(passed, word)
    ]
    assert len(wrong) <= len(judged.pairs) / 10, wrong


def test_the_violations_are_those_of_the_truth(judged: Judged) -> None:
    expected = {(number, rule) for number, vehicle in judged.oracle.vehicles.items() for rule in vehicle.rules}
    assert expected, "the scene is no test without violations"
    assert sorted((vehicle, rule) for passed, vehicle in judged.found for rule in passed.rules) == sorted(expected)


def test_every_vehicle_crosses_the_line_once_and_in_its_direction(judged: Judged) -> None:
    """The line is drawn from left to right: forward is down the image, towards the camera."""
    directions = {number: "forward" if v.towards_us else "backward" for number, v in judged.oracle.vehicles.items()}
    crossings = Counter(
        (vehicle, direction) for passed, vehicle in judged.found for _, direction, _ in passed.crossings
    )
    assert crossings == Counter(directions.items())


def test_every_crossing_is_at_its_moment(judged: Judged) -> None:
    late = [
        (vehicle.vehicle_id, pts_ns - vehicle.crossing_pts_ns)
        for vehicle, passed in judged.pairs
        for _, _, pts_ns in passed.crossings
    ]
    assert late, "expected crossings"
    assert [(number, by_ns) for number, by_ns in late if abs(by_ns) > CROSSING_TOLERANCE_NS] == []
