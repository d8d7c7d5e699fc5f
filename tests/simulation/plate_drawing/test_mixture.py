from collections import Counter

import numpy as np

from traffic.simulation.plate_drawing.mixture import COUNTRIES, any_plate, jittered
from traffic.simulation.plate_drawing.russia import private_plate


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
