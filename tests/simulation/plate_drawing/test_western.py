import re

import numpy as np

from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import INDUSTRIAL
from traffic.simulation.plate_drawing.western import american_plate, brazilian_plate, european_plate


def test_brazilian_plates_are_grey_or_mercosur() -> None:
    rng = np.random.default_rng(0)
    kinds = set()
    for _ in range(200):
        plate = brazilian_plate(rng)
        kinds.add(plate.kind)
        assert re.fullmatch(r"[A-Z]{3}\d{4}|[A-Z]{3}\d[A-Z]\d\d|[A-Z]{2}\d{3}[A-Z]{2}", plate.text)
    assert kinds == {"grey", "mercosur"}


def test_european_and_american_plates_fit_ten_slots_and_their_own_ground() -> None:
    rng = np.random.default_rng(1)
    for make in (european_plate, american_plate) * 100:
        plate = make(rng)
        drawn = draw_plate(plate, INDUSTRIAL, pixels_per_mm=0.5)
        assert 4 <= len(plate.text) <= 10
        assert (drawn.centres > 0).all()
        assert (drawn.centres < np.array([plate.width, plate.height]) * 0.5).all()


def test_some_european_plates_have_two_lines_some_a_band_and_some_a_mark_between_groups() -> None:
    rng = np.random.default_rng(2)
    plates = [european_plate(rng) for _ in range(200)]
    assert {len(plate.rows) for plate in plates} == {1, 2}
    assert 0 < sum(bool(plate.rectangles) for plate in plates) < 200
    assert len({plate.rows[0].divider for plate in plates}) == 6
