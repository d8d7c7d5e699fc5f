import hashlib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.evidence.picture import draw_evidence
from traffic.evidence.settings import EvidenceSettings
from traffic.evidence.writer import EvidenceWriter, NoRedactor


def test_the_record_describes_the_file(tmp_path, speeding_case):
    case = speeding_case()
    told = EvidenceWriter(EvidenceSettings(folder=tmp_path)).write(case, case.violations[0])
    data = (tmp_path / told.path).read_bytes()
    assert told.path == "north/2026-05-04/19f25c25-735c-5d27-9e8b-69a03d38ad60.jpg"
    assert (told.sha256, told.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    verify_file(tmp_path, told)


def test_the_file_is_the_drawn_picture(tmp_path, speeding_case):
    case = speeding_case(plate_index=10)
    told = EvidenceWriter(EvidenceSettings(folder=tmp_path)).write(case, case.violations[0])
    seen = cv2.imread(str(tmp_path / told.path)).astype(float)
    drawn = draw_evidence(case, case.violations[0]).astype(float)
    assert np.abs(seen - drawn)[545:, :500].mean() < 2


def test_the_same_case_gives_the_same_bytes_anywhere(tmp_path, speeding_case):
    first, second = (EvidenceWriter(EvidenceSettings(folder=tmp_path / name)) for name in "ab")
    one = speeding_case(plate_index=10)
    two = speeding_case(plate_index=10)
    told = first.write(one, one.violations[0])
    assert second.write(two, two.violations[0]) == told
    assert first.write(one, one.violations[0]) == told


class Blackener:
    """Hides everything left of the vehicle."""

    def redact(self, case):
        image = case.shot.frame.image.copy()
        image[:, :280] = 0
        return replace(case, shot=replace(case.shot, frame=replace(case.shot.frame, image=image)))


def test_what_the_redactor_hides_never_reaches_the_disk(tmp_path, speeding_case):
    case = speeding_case()
    told = EvidenceWriter(EvidenceSettings(folder=tmp_path), Blackener()).write(case, case.violations[0])
    seen = cv2.imread(str(tmp_path / told.path))
    assert seen[:530, :270].max() < 8
    assert seen[150:270, 300:440].max() > 60
    assert len(list(tmp_path.rglob("*.jpg"))) == 1


def test_without_a_redactor_the_frame_is_as_the_camera_saw_it(tmp_path, speeding_case):
    case = speeding_case()
    files = [
        EvidenceWriter(EvidenceSettings(folder=tmp_path / str(number)), redactor).write(case, case.violations[0])
        for number, redactor in enumerate((None, NoRedactor()))
    ]
    assert files[0] == files[1]
    assert cv2.imread(str(tmp_path / "0" / files[0].path))[:530, :270].max() > 60


def test_quality_sets_the_size(tmp_path, speeding_case):
    case = speeding_case()
    sizes = [
        EvidenceWriter(EvidenceSettings(folder=tmp_path / str(quality), jpeg_quality=quality))
        .write(case, case.violations[0])
        .size_bytes
        for quality in (60, 92)
    ]
    assert sizes[0] < 0.7 * sizes[1]


def test_a_strange_camera_name_stays_inside_the_folder(tmp_path, speeding_case):
    case = speeding_case()
    strange = replace(case.violations[0], camera_id="../../etc")
    told = EvidenceWriter(EvidenceSettings(folder=tmp_path / "evidence")).write(case, strange)
    assert (tmp_path / "evidence" / told.path).resolve().is_relative_to(tmp_path / "evidence")
    verify_file(tmp_path / "evidence", told)


def test_a_full_disk_is_an_evidence_error_and_leaves_nothing(tiny_disk, speeding_case):
    case = speeding_case()
    with pytest.raises(EvidenceError, match="No space left"):
        EvidenceWriter(EvidenceSettings(folder=tiny_disk)).write(case, case.violations[0])
    assert [path for path in tiny_disk.rglob("*") if path.is_file()] == []
