from dataclasses import replace

import numpy as np
import pytest

from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import INDUSTRIAL, RUSSIAN
from traffic.simulation.plate_drawing.plate import BLACK, WHITE, Caption, Disc, Plate, Rectangle, Row

BLANK = Plate("eu", "long", 520, 112, (Row(("11",), 100, 400, 94),), border=0)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_picture_has_the_plate_s_size_in_millimetres_times_the_scale(scale: float) -> None:
    assert draw_plate(BLANK, RUSSIAN, pixels_per_mm=scale).picture.shape == (112 * scale, 520 * scale, 3)


def test_ink_begins_and_ends_where_the_row_says_and_stands_on_its_base_line() -> None:
    plate = replace(BLANK, rows=(Row(("H2", "8H"), 100, 400, 94),))
    dark = draw_plate(plate, RUSSIAN).picture[:, :, 0] < 100
    rows, columns = np.nonzero(dark)
    assert (columns.min(), columns.max()) == pytest.approx((100, 399), abs=2)
    assert rows.max() == pytest.approx(93, abs=1)


@pytest.mark.parametrize(("text", "height"), [("888", 76), ("HHH", 58)])
def test_digits_and_letters_have_the_standard_s_heights(text: str, height: int) -> None:
    rows, _ = np.nonzero(draw_plate(replace(BLANK, rows=(Row((text,), 100, 400, 94),)), RUSSIAN).picture[:, :, 0] < 120)
    assert np.ptp(rows) + 1 == pytest.approx(height, abs=2)


def test_the_centres_are_the_middles_of_the_characters() -> None:
    drawn = draw_plate(replace(BLANK, rows=(Row(("8", "8"), 100, 400, 94),)), RUSSIAN)
    for x, y in drawn.centres:
        near = drawn.picture[:, int(x) - 25 : int(x) + 26, 0] < 120
        rows, columns = np.nonzero(near)
        assert columns.mean() == pytest.approx(25, abs=2)
        assert (rows.min() + rows.max()) / 2 == pytest.approx(y, abs=2)


def test_the_gap_between_groups_is_wider() -> None:
    row = Row(("88", "88"), 50, 470, 94, gap_ratio=3)
    steps = np.diff(draw_plate(replace(BLANK, rows=(row,)), RUSSIAN).centres[:, 0])
    assert steps[1] > steps[0] + 20
    assert steps[0] == pytest.approx(steps[2], abs=0.1)


def test_in_equal_cells_a_narrow_character_moves_no_other() -> None:
    steady = Row(("8188",), 50, 470, 94)
    wide = [draw_plate(replace(BLANK, rows=(replace(steady, groups=(g,)),)), RUSSIAN).centres for g in ("8188", "8888")]
    np.testing.assert_allclose(wide[0], wide[1], atol=0.01)
    free = replace(steady, equal_cells=False)
    moved = [draw_plate(replace(BLANK, rows=(replace(free, groups=(g,)),)), RUSSIAN).centres for g in ("8188", "8888")]
    assert np.abs(moved[0] - moved[1]).max() > 1


def test_a_row_with_too_little_room_is_squeezed_into_it() -> None:
    plate = replace(BLANK, rows=(Row(("WWWWWWWW",), 100, 300, 94),))
    columns = np.nonzero(draw_plate(plate, INDUSTRIAL).picture[:, :, 0] < 120)[1]
    assert 90 <= columns.min() < columns.max() <= 310


def test_ink_and_ground_have_the_plate_s_colours() -> None:
    picture = draw_plate(replace(BLANK, ground=BLACK, ink=WHITE), RUSSIAN).picture
    assert tuple(picture[5, 5]) == BLACK
    assert tuple(picture.reshape(-1, 3).max(axis=0)) == WHITE


def test_a_hyphen_stands_between_groups_only() -> None:
    row = Row(("88", "88"), 50, 470, 94, gap_ratio=4)
    bare, divided = (draw_plate(replace(BLANK, rows=(replace(row, divider=d),)), RUSSIAN) for d in ("", "hyphen"))
    columns = np.nonzero(np.abs(bare.picture.astype(int) - divided.picture).max(axis=(0, 2)) > 60)[0]
    assert bare.centres[1, 0] < columns.min() < columns.max() < bare.centres[2, 0]


def test_the_gaps_behind_the_first_may_hold_another_mark() -> None:
    row = Row(("88", "8", "8"), 50, 470, 94, gap_ratio=6, divider="hyphen")
    plates = (replace(row, divider=""), replace(row, later_divider=""))
    bare, first_only = (draw_plate(replace(BLANK, rows=(one,)), RUSSIAN) for one in plates)
    columns = np.nonzero(np.abs(bare.picture.astype(int) - first_only.picture).max(axis=(0, 2)) > 60)[0]
    assert bare.centres[1, 0] < columns.min() < columns.max() < bare.centres[2, 0]


def test_border_rectangles_discs_and_captions_are_drawn_where_they_belong() -> None:
    red, blue, green = (0, 0, 255), (255, 0, 0), (0, 255, 0)
    plate = replace(
        BLANK,
        border=4.0,
        rectangles=(Rectangle(10, 20, 30, 40, red),),
        discs=(Disc(50, 50, 8, blue),),
        captions=(Caption("RUS", 460, 90, 20, green),),
    )
    picture = draw_plate(plate, RUSSIAN).picture
    assert tuple(picture[30, 20]) == red
    assert tuple(picture[50, 50]) == blue
    assert picture[5, 260].max() < 60
    rows, columns = np.nonzero((picture == green).all(axis=2))
    assert (rows.mean(), columns.mean()) == pytest.approx((90, 460), abs=6)
