from __future__ import annotations

import hashlib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.evidence.passage_picture import ACCENT, PassagePictureWriter, draw_passage, moment_text, write_jpeg
from traffic.evidence.settings import EvidenceSettings


def test_the_record_describes_the_file(tmp_path, speeding_case):
    case = speeding_case()
    told = PassagePictureWriter(EvidenceSettings(folder=tmp_path)).write(case)
    data = (tmp_path / told.path).read_bytes()
    assert told.path == f"north/2026-05-04/passages/{case.passage.passage_id}.jpg"
    assert (told.sha256, told.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    verify_file(tmp_path, told)


def test_writing_again_changes_nothing(tmp_path, speeding_case):
    writer = PassagePictureWriter(EvidenceSettings(folder=tmp_path))
    assert writer.write(speeding_case(plate_index=10)) == writer.write(speeding_case(plate_index=10))


def test_what_is_to_be_hidden_is_hidden_before_anything_is_drawn(tmp_path, speeding_case):
    class Blackout:
        def redact(self, case):
            image = np.zeros_like(case.shot.frame.image)
            return replace(case, shot=replace(case.shot, frame=replace(case.shot.frame, image=image)))

    told = PassagePictureWriter(EvidenceSettings(folder=tmp_path), Blackout()).write(speeding_case(plate_index=10))
    drawn = cv2.imread(str(tmp_path / told.path))
    assert drawn[:140].max() < 20
    assert drawn[560:, 500:].max() < 40


def test_the_frame_is_whole_but_for_the_mark(speeding_case):
    case = speeding_case()
    frame, drawn = case.shot.frame.image, draw_passage(case)
    changed = (drawn[: frame.shape[0]] != frame).any(axis=2)
    x1, y1, x2, y2 = (int(value) for value in case.shot.xyxy)
    assert changed[y1 - 4 : y2 + 5, x1 - 4 : x2 + 5].sum() == changed.sum() > 0
    assert not changed[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].any()
    assert drawn[y1 - 1, (x1 + x2) // 2].tolist() == list(ACCENT)


def test_vehicle_and_plate_are_enlarged_in_the_bar(speeding_case):
    """A plate of one plain colour is found again in the bar, and larger than in the frame."""
    case = speeding_case(plate_index=10)
    image = case.shot.frame.image.copy()
    x1, y1, x2, y2 = (int(value) for value in case.passage.plate.best.xyxy)
    image[y1:y2, x1:x2] = (255, 0, 255)
    case = replace(case, shot=replace(case.shot, frame=replace(case.shot.frame, image=image)))
    bar = draw_passage(case)[image.shape[0] :]
    assert (bar == (255, 0, 255)).all(axis=2).sum() > 2 * (x2 - x1) * (y2 - y1)


def test_a_plate_that_was_read_in_another_frame_is_not_shown_as_this_ones(speeding_case):
    with_it, without = (draw_passage(speeding_case(plate_index=index)) for index in (10, 3))
    bar = with_it.shape[0] - 100, 500
    assert (with_it[bar[0] :, bar[1] :] != without[bar[0] :, bar[1] :]).any()


@pytest.mark.parametrize(("size", "drawn_width"), [((320, 180), 960), ((640, 384), 1280), ((1920, 1080), 1920)])
def test_a_small_frame_is_enlarged_so_that_the_bar_can_be_read(size, drawn_width, speeding_case):
    width, height = size
    case = speeding_case(size=(960, 540))
    small = cv2.resize(case.shot.frame.image, size)
    shot = replace(case.shot, frame=replace(case.shot.frame, image=small), xyxy=(0.0, 0.0, float(width), float(height)))
    drawn = draw_passage(replace(case, shot=shot))
    assert drawn.shape[1] == drawn_width
    assert drawn.shape[0] > height * drawn_width // width


def test_words_do_not_reach_into_the_insets(speeding_case):
    case = speeding_case()
    long = replace(case, passage=replace(case.passage, camera_id="a" * 60))
    short = draw_passage(case)
    room = short[545:, 715:]
    assert np.array_equal(draw_passage(long)[545:, 715:], room)


def test_a_full_disk_is_an_evidence_error(tiny_disk, speeding_case):
    with pytest.raises(EvidenceError, match="expected to write evidence"):
        PassagePictureWriter(EvidenceSettings(folder=tiny_disk)).write(speeding_case())


def test_a_name_is_written_as_it_is(tmp_path, speeding_case):
    told = write_jpeg(EvidenceSettings(folder=tmp_path), "a/b.jpg", draw_passage(speeding_case()))
    assert told.path == "a/b.jpg"
    assert cv2.imread(str(tmp_path / "a/b.jpg")) is not None


def test_moments_are_told_to_the_millisecond(speeding_case):
    assert moment_text(speeding_case().shot.frame.captured_at) == "2026-05-04 12:00:00.400 UTC"
