import string

import numpy as np
import pytest

from traffic.simulation.plate_drawing.strokes import (
    DEEP_STROKES,
    FORGERY_PROOF_STROKES,
    INDUSTRIAL_STROKES,
    LATIN_STROKES,
    NARROW_STROKES,
    POINTED_STROKES,
    RUSSIAN_STROKES,
    SQUARE_STROKES,
    UPRIGHT_STROKES,
    stroke_lines,
    twins,
)


def test_a_line_is_its_two_ends() -> None:
    (line,) = stroke_lines("M0 0L.5 1")
    np.testing.assert_allclose(line, [[0, 0], [0.5, 1]])


def test_a_quadratic_curve_passes_half_way_to_its_control_point() -> None:
    (curve,) = stroke_lines("M0 0Q.5 1 1 0")
    np.testing.assert_allclose(curve[len(curve) // 2], [0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(curve[-1], [1, 0], atol=1e-6)


def test_each_move_lifts_the_pen() -> None:
    assert len(stroke_lines("M0 0L1 1M1 0L0 1")) == 2


LATIN = (LATIN_STROKES, INDUSTRIAL_STROKES, SQUARE_STROKES, NARROW_STROKES, POINTED_STROKES)


@pytest.mark.parametrize("table", [*LATIN, DEEP_STROKES, UPRIGHT_STROKES, FORGERY_PROOF_STROKES])
def test_a_latin_table_has_every_letter_and_digit(table: dict[str, str]) -> None:
    assert set(string.ascii_uppercase + string.digits) == set(table)


@pytest.mark.parametrize("table", [RUSSIAN_STROKES, *LATIN, DEEP_STROKES, UPRIGHT_STROKES, FORGERY_PROOF_STROKES])
def test_every_shape_stays_in_its_square_and_reaches_top_and_base_line(table: dict[str, str]) -> None:
    for character, path in table.items():
        points = np.concatenate(stroke_lines(path))
        assert points.min() >= 0, character
        assert points.max() <= 1, character
        assert np.ptp(points[:, 1]) > 0.95, character


def test_the_russian_letters_are_those_that_both_alphabets_have() -> None:
    assert set(RUSSIAN_STROKES) - set(string.digits) == set("ABEKMHOPCTYX") | {"D"}


def test_twins_look_the_same_and_the_others_keep_their_shapes() -> None:
    alike, nearly = twins(LATIN_STROKES, flagged=False), twins(LATIN_STROKES, flagged=True)
    assert (alike["O"], alike["1"]) == (alike["0"], alike["I"])
    assert nearly["1"] != nearly["I"]
    assert {name for name, path in nearly.items() if path != LATIN_STROKES[name]} <= {"O", "1", "I"}
