"""What is never fined: each story of a plate, and what its transit is warned of."""

from __future__ import annotations

import pytest

from tests.sections.samples import ENTRY, EXIT, passed, section
from traffic.datatypes import VEHICLE_TYPES
from traffic.sections import doubts as told
from traffic.sections.doubts import MAY_SEEM
from traffic.sections.passage import SectionPassage
from traffic.sections.transit import transits

IN, OUT = ENTRY, EXIT


def warnings(*seen: SectionPassage) -> dict[tuple[int, int], tuple[str, ...]]:
    return {
        (each.pair.entry.moment.pts_ns // 10**9, each.pair.exit.moment.pts_ns // 10**9): each.warnings
        for each in transits(seen, section())
    }


@pytest.mark.parametrize(
    ("story", "seen", "expected"),
    [
        ("drives through", [(IN, 0), (OUT, 120)], {(0, 120): ()}),
        ("two laps", [(IN, 0), (OUT, 120), (IN, 300), (OUT, 430)], {(0, 120): (), (300, 430): ()}),
        ("leaves, enters, leaves", [(OUT, 0), (IN, 200), (OUT, 320)], {(200, 320): ()}),
        (
            "is at both cameras within 5 s",
            [(OUT, 395), (IN, 400), (OUT, 490)],
            {(400, 490): (told.TWO_PLACES,)},
        ),
        (
            "an exit hides the entry that nobody took",
            [(IN, 0), (IN, 100), (OUT, 350), (IN, 380), (OUT, 470)],
            {(100, 350): (told.ENTERED_TWICE, told.TWO_PLACES), (380, 470): (told.ENTERED_TWICE, told.TWO_PLACES)},
        ),
        (
            "the same, with time to drive back",
            [(IN, 0), (IN, 100), (OUT, 300), (IN, 380), (OUT, 470)],
            {(100, 300): (told.ENTERED_TWICE,), (380, 470): (told.ENTERED_TWICE,)},
        ),
        (
            "enters twice, leaves, enters 10 s later",
            [(IN, 0), (IN, 250), (OUT, 400), (IN, 410), (OUT, 500)],
            {(250, 400): (told.ENTERED_TWICE, told.TWO_PLACES), (410, 500): (told.ENTERED_TWICE, told.TWO_PLACES)},
        ),
        ("as far apart as the fastest needs", [(OUT, 0), (IN, 36), (OUT, 150)], {(36, 150): ()}),
        ("a little nearer", [(OUT, 0), (IN, 35), (OUT, 150)], {(35, 150): (told.TWO_PLACES,)}),
        ("enters again right after it left", [(IN, 0), (OUT, 100), (IN, 130)], {(0, 100): (told.TWO_PLACES,)}),
        (
            "whose own exit comes later",
            [(IN, 0), (OUT, 120), (IN, 300), (IN, 450), (OUT, 560)],
            {(0, 120): (), (450, 560): (told.ENTERED_TWICE,)},
        ),
        (
            "two with one plate, one behind the other",
            [(IN, 0), (IN, 5), (OUT, 120), (OUT, 200)],
            {(5, 120): (told.ENTERED_TWICE,), (0, 200): (told.IN_BETWEEN,)},
        ),
        ("enters twice", [(IN, 0), (IN, 200), (OUT, 330)], {(200, 330): (told.ENTERED_TWICE,)}),
        ("entered long ago, turned off, enters again", [(IN, 0), (IN, 500), (OUT, 620)], {(500, 620): ()}),
        ("its track breaks at the exit", [(IN, 0), (OUT, 120), (OUT, 125)], {(0, 120): (told.LEFT_TWICE,)}),
        ("comes back over the exit later", [(IN, 0), (OUT, 120), (OUT, 151)], {(0, 120): ()}),
        ("faster than any vehicle", [(IN, 0), (OUT, 35)], {(0, 35): (told.TOO_FAST,)}),
        ("as fast as the fastest", [(IN, 0), (OUT, 36)], {(0, 36): ()}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_passages_of_one_plate(
    story: str, seen: list[tuple[str, float]], expected: dict[tuple[int, int], tuple[str, ...]]
) -> None:
    assert warnings(*(passed(camera, at_s) for camera, at_s in seen)) == expected


@pytest.mark.parametrize(
    ("entry_certain", "exit_certain", "expected"),
    [
        (True, True, ()),
        (False, True, (told.UNCERTAIN_ENTRY,)),
        (True, False, (told.UNCERTAIN_EXIT,)),
        (False, False, (told.UNCERTAIN_ENTRY, told.UNCERTAIN_EXIT)),
    ],
)
@pytest.mark.parametrize(("plate", "plate_hash"), [("A123BC77", None), (None, "aa")])
def test_plates_that_are_not_certain(
    entry_certain: bool, exit_certain: bool, expected: tuple[str, ...], plate: str | None, plate_hash: str | None
) -> None:
    seen = (
        passed(IN, 0, plate, certain=entry_certain, plate_hash=plate_hash),
        passed(OUT, 120, plate, certain=exit_certain, plate_hash=plate_hash),
    )
    assert warnings(*seen) == {(0, 120): expected}


def test_plates_that_are_but_alike_are_always_warned_of() -> None:
    (warned,) = warnings(passed(IN, 0, "M123BC77"), passed(OUT, 120, "H123BC77")).values()
    assert warned == ("one character differs: M123BC77 entered, H123BC77 left",)


@pytest.mark.parametrize(
    ("entered", "left", "doubtful"),
    [
        ("car", "car", False),
        ("car", "van", False),
        ("van", "truck", False),
        ("truck", "articulated_truck", False),
        ("car", "truck", True),
        ("motorcycle", "car", True),
        ("articulated_truck", "car", True),
    ],
)
def test_another_kind_of_vehicle_with_the_same_plate(entered: str, left: str, doubtful: bool) -> None:
    (warned,) = warnings(passed(IN, 0, vehicle_type=entered), passed(OUT, 120, vehicle_type=left)).values()
    assert any("two with one plate" in each for each in warned) is doubtful


def test_every_type_may_seem_itself_and_seeming_goes_both_ways() -> None:
    assert set(MAY_SEEM) == set(VEHICLE_TYPES)
    for one in VEHICLE_TYPES:
        assert one in MAY_SEEM[one]
        assert all(one in MAY_SEEM[other] for other in MAY_SEEM[one])
