from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest
from builders import reading

from traffic.datatypes import EvidenceFile, Fact, Plate
from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.evidence.pair_picture import PairPictureWriter, PairSeen, draw_pair
from traffic.evidence.passage_picture import PassagePictureWriter, draw_passage
from traffic.evidence.settings import EvidenceSettings

FACTS = (
    Fact("average_speed", 30.0, "m/s"),
    Fact("standard_error", 0.2, "m/s"),
    Fact("limit", 25.0, "m/s"),
    Fact("tolerance", 0.0, "m/s"),
    Fact("distance", 3000.0, "m"),
    Fact("duration", 100.0, "s"),
)


PLATE = Plate("A123BC77", 0.97, 5, reading("A123BC77"), "ru", "1", certain=True)


@pytest.fixture
def pair(tmp_path, speeding_case):
    """Two passages' pictures on disk, the violation, and the writer."""
    settings = EvidenceSettings(folder=tmp_path)
    pictures = PassagePictureWriter(settings)
    writer, seen, files = PairPictureWriter(settings), [], []
    for number, camera_id in enumerate(("west", "east")):
        case = speeding_case(plate_index=10 * number)
        case = replace(case, passage=replace(case.passage, camera_id=camera_id))
        at = case.passage.started_at + timedelta(seconds=100 * number)
        files.append(pictures.write(case))
        seen.append(PairSeen(camera_id, at, writer.read(files[-1])))
    violation = replace(speeding_case().violations[0], facts=FACTS, camera_id="east", rule="section_speeding:bridge")
    return writer, violation, seen, files


def test_the_record_describes_the_file(tmp_path, pair):
    writer, violation, seen, _ = pair
    told = writer.write(violation, PLATE, *seen)
    assert told.path == f"east/2026-05-04/{violation.violation_id}.jpg"
    verify_file(tmp_path, told)
    assert writer.write(violation, PLATE, *seen) == told


def test_both_pictures_stand_side_by_side(tmp_path, pair):
    writer, violation, seen, files = pair
    told = cv2.imread(str(tmp_path / writer.write(violation, None, *seen).path)).astype(float)
    left, right = (cv2.imread(str(tmp_path / each.path)).astype(float) for each in files)
    height, width = left.shape[:2]
    assert told.shape[1] == 2 * width
    assert told.shape[0] > height
    assert np.abs(told[:height, :width] - left).mean() < 4
    assert np.abs(told[:height, width:] - right).mean() < 4


def test_the_bar_tells_of_the_speed_and_of_the_plate(pair, tmp_path):
    writer, violation, seen, _ = pair
    faster = replace(violation, facts=(Fact("average_speed", 40.0, "m/s"), *FACTS[1:]))
    bars = [
        cv2.imread(str(tmp_path / writer.write(told, plate, *seen).path))[-150:]
        for told, plate in (
            (violation, PLATE),
            (faster, PLATE),
            (violation, replace(PLATE, text="A123BC78")),
            (violation, None),
        )
    ]
    for number, bar in enumerate(bars):
        for other in bars[number + 1 :]:
            assert np.abs(bar.astype(float) - other).max() > 100


def test_the_plate_is_written_as_its_country_writes_it(pair):
    writer, violation, seen, _ = pair
    russian, eastern = (
        writer.write(violation, replace(PLATE, text="1234AB7", country=country, format=None), *seen).sha256
        for country in (None, "by")
    )
    assert russian != eastern, "1234 AB-7 in Belarus, and nothing that Russia knows"


def test_pictures_of_two_sizes_are_made_as_high_as_the_higher_one(speeding_case):
    large = draw_passage(speeding_case())
    small = cv2.resize(large, None, fx=0.5, fy=0.5)
    drawn = draw_pair((small, large), ("one line",))
    assert abs(drawn.shape[1] - 2 * large.shape[1]) <= 2
    assert np.array_equal(drawn[: large.shape[0], -large.shape[1] :], large)


def test_a_missing_or_altered_picture_is_not_read(tmp_path, pair):
    writer, _, _, (file, _) = pair
    path = tmp_path / file.path
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + b"x")
    with pytest.raises(EvidenceError, match="altered"):
        writer.read(file)
    path.unlink()
    with pytest.raises(EvidenceError, match="expected the evidence on record"):
        writer.read(file)


def test_what_is_no_picture_is_not_read(tmp_path, pair):
    writer, _, _, _ = pair
    data = b"no picture"
    (tmp_path / "text.jpg").write_bytes(data)
    with pytest.raises(EvidenceError, match="expected the JPEG"):
        writer.read(EvidenceFile("text.jpg", hashlib.sha256(data).hexdigest(), len(data)))
