from pathlib import Path

import numpy as np
import pytest

from traffic.simulation.plate_drawing.faces import (
    INDUSTRIAL,
    LATIN,
    RUSSIAN,
    SQUARE,
    STROKE_FACES,
    Face,
    OutlineFace,
    built_in_faces,
    faces_in,
)

FACES = [RUSSIAN, LATIN, INDUSTRIAL, SQUARE, OutlineFace("sans", 700)]


@pytest.mark.parametrize("face", FACES, ids=repr)
@pytest.mark.parametrize("character", list("A8EM"))
def test_a_character_fills_its_box_to_the_edges(face: Face, character: str) -> None:
    mask = face.mask(character, (40, 70), 0.13)
    rows, columns = np.nonzero(mask > 100)
    assert mask.shape == (70, 40)
    assert (rows.min(), rows.max()) == pytest.approx((0, 69), abs=2)
    assert (columns.min(), columns.max()) == pytest.approx((0, 39), abs=6)


def test_a_thicker_pen_leaves_more_ink() -> None:
    assert RUSSIAN.mask("H", (40, 70), 0.18).sum() > 1.3 * RUSSIAN.mask("H", (40, 70), 0.1).sum()


@pytest.mark.parametrize("face", FACES, ids=repr)
def test_every_pair_of_characters_looks_different(face: Face) -> None:
    masks = {character: face.mask(character, (24, 40), 0.13) for character in "ABEKMHPCTYX12345678"}
    for one, first in masks.items():
        for other, second in masks.items():
            if one < other:
                assert np.abs(first.astype(int) - second).mean() > 8, f"{one} and {other}"


def test_masks_are_shared_and_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        RUSSIAN.mask("8", (20, 40), 0.13)[0, 0] = 1


@pytest.mark.parametrize("face", FACES, ids=repr)
def test_m_is_wider_than_1(face: Face) -> None:
    assert face.width("M") > 1.2 * face.width("1")


def test_two_weights_of_one_file_do_not_mix() -> None:
    thin, fat = (OutlineFace("sans", weight).mask("8", (40, 70), 0.1) for weight in (300, 900))
    assert fat.sum() > 1.3 * thin.sum()
    assert (OutlineFace("sans", 300).mask("8", (41, 70), 0.1).sum() / thin.sum()) == pytest.approx(1, abs=0.1)


def test_built_in_faces_need_no_files() -> None:
    assert all(face.mask("A", (10, 20), 0.1).any() for face in built_in_faces())


def test_only_upright_sturdy_fonts_are_taken(tmp_path: Path) -> None:
    for name in ("Some-Bold.ttf", "Some-BoldItalic.ttf", "Some-Thin.ttf", "Some-Regular.otf", "Some-Regular.txt"):
        (tmp_path / name).touch()
    assert {Path(face.file).name for face in faces_in((tmp_path,))} == {"Some-Bold.ttf", "Some-Regular.otf"}


def test_foreign_faces_differ_in_the_width_of_letters() -> None:
    ratios = {round(face.width("H") / face.width("0"), 2) for face in STROKE_FACES}
    wide = {round(face.width("M") / face.width("H"), 2) for face in STROKE_FACES}
    assert len(ratios) == 2
    assert len(wide) == 3


def test_the_widest_letters_of_a_face_can_be_held_to_the_others_width() -> None:
    free, held = OutlineFace("sans", 700), OutlineFace("sans", 700, widest=1.1)
    assert held.width("W") == pytest.approx(1.1 * free.width("H"))
    assert held.width("W") < free.width("W")
    assert held.width("1") == free.width("1")


def test_a_bolder_face_has_thicker_strokes() -> None:
    thin, bold = (OutlineFace("sans", 400, bolder=share).mask("H", (40, 70), 0.1).sum() for share in (0.0, 0.05))
    assert bold > 1.15 * thin
