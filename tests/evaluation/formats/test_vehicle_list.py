from pathlib import Path

import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.vehicle_list import LabelledVehicle, read_vehicle_list

TYPES, COLOURS = ("car", "articulated_truck"), ("white", "red")
HEADER = "image,x1,y1,x2,y2,type,colour\n"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "a.jpg").touch()
    return tmp_path / "vehicles.csv"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("car,red", ("car", "red")),
        ("articulated_truck,", ("articulated_truck", None)),
        (",white", (None, "white")),
        (",", (None, None)),
    ],
)
def test_what_is_not_known_is_none(written: Path, words: str, expected: tuple[str | None, str | None]) -> None:
    written.write_text(f"{HEADER}a.jpg,0,0,10,20,{words}\n")
    (vehicle,) = read_vehicle_list(written, TYPES, COLOURS).vehicles
    assert vehicle == LabelledVehicle(written.parent / "a.jpg", (0, 0, 10, 20), *expected)


def test_only_what_is_held_out_is_taken(written: Path) -> None:
    others = [f"a.jpg,0,0,10,20,car,red,{side}\n" for side in ("train", "left_out")]
    lines = "".join([*others, "a.jpg,0,0,30,20,car,red,held_out\n"])
    written.write_text(f"{HEADER.strip()},split\n{lines}")
    listed = read_vehicle_list(written, TYPES, COLOURS)
    assert ([vehicle.xyxy for vehicle in listed.vehicles], listed.left_out) == ([(0, 0, 30, 20)], 2)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEADER + "a.jpg,0,0,10,20,tank,red\n", ":2: type: expected one of car, articulated_truck or nothing, got"),
        (HEADER + "a.jpg,0,0,10,20,car,pink\n", ":2: colour: expected one of white, red"),
        (HEADER + "a.jpg,0,0,10,20,car\n", ":2: expected 7 fields"),
        (HEADER + "a.jpg,0,0,10,20,car,red\nb.jpg,0,0,10,20,car,red\n", r":3: expected the picture .*b\.jpg"),
        (HEADER.strip() + ",split\na.jpg,0,0,10,20,car,red,\n", ":2: expected split, got nothing"),
        (HEADER.strip() + ",split\na.jpg,0,0,10,20,car,red,valid\n", "split: expected one of train, held_out"),
        (HEADER.strip() + ",split\na.jpg,0,0,10,20,car,red,train\n", "whose split is held_out, found none in 1"),
    ],
)
def test_a_bad_line_is_named(written: Path, content: str, expected: str) -> None:
    written.write_text(content)
    with pytest.raises(ConfigError, match=expected):
        read_vehicle_list(written, TYPES, COLOURS)
