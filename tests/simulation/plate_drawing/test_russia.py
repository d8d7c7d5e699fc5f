import re

import numpy as np
import pytest

from traffic.simulation.plate_drawing import russia
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import RUSSIAN
from traffic.simulation.plate_drawing.plate import Plate

PLATES = [
    (russia.private_plate("A123BC77"), "A123BC77", (520, 112)),
    (russia.private_plate("A123BC777"), "A123BC777", (520, 112)),
    (russia.square_plate("A123BC77"), "A123BC77", (290, 170)),
    (russia.taxi_plate("AB12377"), "AB12377", (520, 112)),
    (russia.trailer_plate("AB123477"), "AB123477", (520, 112)),
    (russia.motorcycle_plate("1234AB77"), "1234AB77", (245, 185)),
    (russia.military_plate("1234AB77"), "1234AB77", (520, 112)),
    (russia.ambassador_plate("001CD177"), "001CD177", (520, 112)),
    (russia.diplomatic_plate("004D12377"), "004D12377", (520, 112)),
    (russia.transit_plate("AB123C77"), "AB123C77", (520, 112)),
    (russia.leaving_plate("TAB12377"), "TAB12377", (520, 112)),
    (russia.police_plate("A123477"), "A123477", (520, 112)),
    (russia.police_trailer_plate("123A77"), "123A77", (520, 112)),
    (russia.police_motorcycle_plate("1234A77"), "1234A77", (245, 185)),
]


@pytest.mark.parametrize(("plate", "text", "size"), PLATES, ids=[f"{p.kind} {t}" for p, t, _ in PLATES])
def test_a_type_reads_its_text_and_has_the_standard_s_size(plate: Plate, text: str, size: tuple[int, int]) -> None:
    assert plate.text == text
    assert (plate.width, plate.height) == size
    assert len(draw_plate(plate, RUSSIAN).centres) == len(text)


@pytest.mark.parametrize(("plate", "text", "size"), PLATES, ids=[f"{p.kind} {t}" for p, t, _ in PLATES])
def test_no_two_characters_touch_and_all_lie_on_the_plate(plate: Plate, text: str, size: tuple[int, int]) -> None:
    centres = draw_plate(plate, RUSSIAN).centres
    assert (centres > 10).all()
    assert (centres < np.array(size) - 10).all()
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 1000 * np.eye(len(centres))
    assert apart.min() > 24


@pytest.mark.parametrize(
    ("plate", "darker"), [(PLATES[0][0], "ink"), (PLATES[6][0], "ground"), (PLATES[11][0], "ground")]
)
def test_military_and_police_plates_are_light_on_dark(plate: Plate, darker: str) -> None:
    dark, light = (plate.ink, plate.ground) if darker == "ink" else (plate.ground, plate.ink)
    assert sum(dark) < sum(light)


def test_regions_have_two_or_three_digits_and_are_never_00() -> None:
    rng = np.random.default_rng(0)
    codes = {russia.region_code(rng) for _ in range(2000)}
    assert all(re.fullmatch(r"[1-9]?\d\d", code) for code in codes)
    assert "00" not in codes
    assert {len(code) for code in codes} == {2, 3}


def test_every_type_is_drawn_now_and_then() -> None:
    rng = np.random.default_rng(0)
    kinds = {russia.russian_plate(rng).kind for _ in range(3000)}
    assert kinds == {"1", "1A", "1B", "2", "4", "5", "9", "10", "15", "19", "20", "21", "22"}


def test_a_pattern_is_filled_with_letters_and_digits() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert re.fullmatch(r"T[AB]\d-[AB]", russia.fill_pattern("TL#-L", "AB", rng))
