from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.evaluation.known_passages import SEEN, passage, plate, reading
from traffic.errors import ConfigError
from traffic.evaluation.passages_judged import judge
from traffic.evaluation.passages_sheet import (
    BANDS_PX,
    CAPTION_PX,
    COLUMNS,
    GAP_PX,
    RIGHT,
    TILE,
    WRONG,
    chosen_from,
    contact_sheet,
    write_picture,
)
from traffic.simulation.plate_passages import draw_passage


def share_of(sheet: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((np.abs(sheet.astype(int) - colour).max(axis=2) < 12).mean())


def test_right_and_wrong_ones_are_told_apart_by_colour() -> None:
    drawn = draw_passage(3)
    seen = replace(SEEN, height_px=12.0, views=len(drawn.views))
    read = reading(drawn.text, at=drawn.views[0].pts_ns)
    known = [passage(drawn.text, read, seen=seen, name="rendered-3")]
    right = contact_sheet(judge(known, lambda _: replace(plate(drawn.text), best=read), 0.2))
    wrong = contact_sheet(judge(known, lambda _: replace(plate("A1"), best=read), 0.2))
    assert right.shape == wrong.shape == ((TILE[1] + CAPTION_PX) * len(BANDS_PX), (TILE[0] + GAP_PX) * COLUMNS, 3)
    assert share_of(right, RIGHT) > 3 * share_of(wrong, RIGHT) / 2 > 0
    assert share_of(wrong, WRONG) > share_of(right, WRONG)


def test_only_rendered_passages_with_readings_are_shown() -> None:
    some = [passage("A1", reading("A1")), passage("A1"), passage("A1", reading("A1"), name="stress-rendered-2")]
    assert chosen_from(some) == some[:1]


def test_a_picture_is_written_where_a_folder_is(tmp_path: Path) -> None:
    picture = np.full((20, 30, 3), 7, np.uint8)
    write_picture(tmp_path / "sheet.webp", picture)
    assert cv2.imread(str(tmp_path / "sheet.webp")).shape == picture.shape
    for name in ("sheet.txt", "none/sheet.webp"):
        with pytest.raises(ConfigError, match="webp"):
            write_picture(tmp_path / name, picture)
