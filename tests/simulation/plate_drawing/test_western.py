import re

import numpy as np

from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.europe import SIGNS
from traffic.simulation.plate_drawing.faces import INDUSTRIAL
from traffic.simulation.plate_drawing.plate import SLOVAK_ARMS
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


def test_a_european_plate_says_whose_it_is_and_only_nobody_s_patterns_come_without() -> None:
    rng = np.random.default_rng(3)
    plates = [european_plate(rng) for _ in range(400)]
    assert set(SIGNS) > {plate.sign for plate in plates} - {""}
    assert 0.01 < sum(not plate.sign for plate in plates) / len(plates) < 0.12
    banded = [plate for plate in plates if plate.sign and len(plate.rows) == 1 and plate.captions]
    assert all(plate.captions[0].text == plate.sign for plate in banded)


def test_a_slovak_plate_has_slovak_arms_wherever_it_has_any() -> None:
    rng = np.random.default_rng(4)
    plates = [
        plate for plate in (european_plate(rng) for _ in range(600)) if plate.sign == "SK" and len(plate.rows) == 1
    ]
    assert len(plates) > 20
    assert {plate.rows[0].arms for plate in plates} == {SLOVAK_ARMS}
