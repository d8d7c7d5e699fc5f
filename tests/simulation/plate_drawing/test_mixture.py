from collections import Counter

import numpy as np
import pytest

from traffic.simulation.plate_drawing.faces import TWIN_STYLES
from traffic.simulation.plate_drawing.mixture import COUNTRIES, FAMILIES, any_plate, face_of, jittered
from traffic.simulation.plate_drawing.plate import Plate
from traffic.simulation.plate_drawing.russia import private_plate
from traffic.simulation.plate_drawing.western import european_plate


def test_every_country_comes_and_russia_and_europe_most_often() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(any_plate((), rng)[0].country for _ in range(600))
    assert set(counts) == set(COUNTRIES)
    assert {country for country, _ in counts.most_common(2)} == {"ru", "eu"}


def test_a_plate_is_drawn_with_a_place_for_each_character() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        plate, drawn = any_plate((), rng)
        assert len(drawn.centres) == len(plate.text) <= 10


def test_jitter_moves_rows_by_millimetres_and_keeps_the_text() -> None:
    plate = private_plate("A123BC77")
    moved = [jittered(plate, np.random.default_rng(seed)) for seed in range(50)]
    assert {other.text for other in moved} == {"A123BC77"}
    shifts = [other.rows[0].left - plate.rows[0].left for other in moved]
    assert 1 < np.std(shifts) < 4


@pytest.mark.parametrize(("sign", "least", "most"), [("SK", 0.6, 0.75), ("D", 0.1, 0.3), ("", 0.1, 0.3)])
def test_slovakia_writes_o_as_0_more_often_than_not(sign: str, least: float, most: float) -> None:
    rng = np.random.default_rng(2)
    plate, (european,) = Plate("eu", "long", 520, 112, (), sign=sign), (f for f in FAMILIES if f.make is european_plate)
    twins = np.mean([face_of(plate, european, (), rng) in TWIN_STYLES for _ in range(800)])
    assert least < twins < most
