import re

import numpy as np
import pytest

from traffic.simulation.plate_drawing import neighbours
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import LATIN
from traffic.simulation.plate_drawing.plate import Plate


@pytest.mark.parametrize(
    ("plate", "text"),
    [
        (neighbours.kazakh_plate("123ABC02"), "123ABC02"),
        (neighbours.kazakh_plate("123AB02"), "123AB02"),
        (neighbours.kazakh_square_plate("123ABC02"), "123ABC02"),
        (neighbours.kazakh_old_plate("A123BCD"), "A123BCD"),
        (neighbours.belarusian_plate("1234AB7"), "1234AB7"),
        (neighbours.belarusian_plate("AB12347"), "AB12347"),
        (neighbours.belarusian_square_plate("1234AB7"), "1234AB7"),
    ],
)
def test_a_layout_reads_its_text(plate: Plate, text: str) -> None:
    assert plate.text == text
    assert len(draw_plate(plate, LATIN).centres) == len(text)


def test_drawn_texts_follow_the_countries_grammars() -> None:
    grammars = {
        "kz": r"\d{3}[A-Z]{2,3}(0[1-9]|1\d|20)|[A-Z]\d{3}[A-Z]{2,3}",
        "by": r"(\d{4}[ABEIKMHOPCTX]{2}|[ABEIKMHOPCTX]{2}\d{4})[0-8]",
    }
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(800):
        plate = neighbours.neighbour_plate(rng)
        assert re.fullmatch(grammars[plate.country], plate.text), plate
        seen.add((plate.country, plate.kind))
    assert len(seen) == 5
