from __future__ import annotations

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from tests.evaluation.linear_models import write_constant_detector
from traffic.datatypes import VEHICLE_CLASSES, Detections
from traffic.errors import ConfigError
from traffic.evaluation.detection_pictures import (
    COLOURS,
    TITLE_HEIGHT,
    drawn,
    main,
    spread_frames,
    stacked,
    write_sheet,
)
from traffic.video.writer import VideoWriter


def _grey(level: int, width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def _folder(folder, levels):
    folder.mkdir()
    for place, level in enumerate(levels):
        cv2.imwrite(str(folder / f"{place:02d}.png"), _grey(level))
    return folder


def _found(*boxes_and_scores):
    boxes = np.array([box for box, _ in boxes_and_scores], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in boxes_and_scores], np.float32)
    return Detections(boxes, scores, np.full(len(scores), VEHICLE_CLASSES.index("bus"), np.int64))


def _has(image, colour) -> bool:
    return bool((image == np.array(colour, np.uint8)).all(axis=2).any())


@pytest.mark.parametrize(
    ("pictures", "count", "levels"),
    [(9, 3, [1, 4, 7]), (9, 1, [4]), (2, 5, [0, 1]), (4, 2, [1, 3])],
    ids=["three of nine", "the middle one", "no more than there are", "an even number"],
)
def test_frames_are_spread_over_a_folder(tmp_path, pictures, count, levels):
    folder = _folder(tmp_path / "road", range(0, pictures * 10, 10))
    assert [int(image[0, 0, 0]) // 10 for image in spread_frames(folder, count)] == levels


def test_frames_are_spread_over_a_clip(tmp_path):
    with VideoWriter(tmp_path / "road.mp4", (64, 48), 10, 1000) as writer:
        for place in range(6):
            writer.write(_grey(40 * place), 100 * place)
    first, last = (float(image.mean()) for image in spread_frames(tmp_path / "road.mp4", 2))
    assert (first, last) == pytest.approx((40, 160), abs=6)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="expected pictures"):
        spread_frames(tmp_path, 1)


def test_a_detection_is_drawn_in_its_colour_and_place_and_the_frame_stays_as_it_was():
    image = _grey(0, 200, 100)
    image.flags.writeable = False
    picture = drawn(image, _found(((40, 40, 120, 90), 0.9)), 0.3, 100)
    assert picture.shape == (50, 100, 3)
    assert tuple(picture[44, 30]) == COLOURS[VEHICLE_CLASSES.index("bus")]
    assert not picture[30:40, 25:55].any(), "the inside of the box stays as it was"


def test_a_weak_detection_is_not_drawn():
    assert not drawn(_grey(0), _found(((4, 4, 40, 40), 0.29)), 0.3, 64).any()


def test_a_box_at_the_border_is_drawn_with_its_words_inside():
    picture = drawn(_grey(0, 200, 100), _found(((150, -5, 210, 40), 0.5)), 0.3, 200)
    assert _has(picture[:16, 100:], COLOURS[VEHICLE_CLASSES.index("bus")])


def test_rows_of_several_widths_make_one_sheet():
    sheet = stacked([_grey(9, 30, 10), _grey(9, 50, 20)])
    assert sheet.shape == (30, 50, 3)
    assert not sheet[:10, 30:].any()


@pytest.mark.parametrize("name", ["sheet.txt", "nowhere/sheet.png"])
def test_a_sheet_that_cannot_be_written_is_an_error(tmp_path, name):
    with pytest.raises(ConfigError, match="--out"):
        write_sheet(tmp_path / name, _grey(0), 60)


def test_the_command_draws_what_the_detector_says(tmp_path):
    card = write_constant_detector(tmp_path, VEHICLE_CLASSES, [((8, 8, 40, 40), "truck", 0.8)])
    roads = [_folder(tmp_path / name, [0, 0, 0]) for name in ("first", "second")]
    app, sheet = typer.Typer(), tmp_path / "sheet.png"
    app.command()(main)
    words = [*map(str, roads), "--out", str(sheet), "--card", str(card), "--width", "64", "--frames", "3"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    image = cv2.imread(str(sheet))
    assert image.shape == (2 * (48 + TITLE_HEIGHT), 3 * 64, 3)
    tiles = [image[top : top + 48, left : left + 64] for top in (18, 84) for left in (0, 64, 128)]
    assert all(_has(tile, COLOURS[VEHICLE_CLASSES.index("truck")]) for tile in tiles)
