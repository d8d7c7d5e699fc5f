import os
from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.training.plate_locator.photos import labelled_photos
from traffic.training.plate_locator.samples import quad_boxes
from traffic.training.plate_locator.teacher import TEACHER_FILE, PlateTeacher

pytest.importorskip("onnxruntime", reason="the teacher needs ONNX Runtime: pip install 'traffic[onnx]'")


@pytest.fixture(scope="module")
def data() -> Path:
    data = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))
    if not (data / TEACHER_FILE).exists():
        pytest.skip(f"the teacher is not at {data / TEACHER_FILE}: set TRAFFIC_DATA")
    return data


def test_its_best_boxes_lie_where_people_drew_them(data: Path):
    teacher = PlateTeacher(data)
    photos = labelled_photos(data / "plates_openalpr/br.csv", data / "plates_openalpr/br")[:6]
    for photo in photos:
        found = teacher.find(photo.image)
        assert found.scores[0] == found.scores.max()
        np.testing.assert_allclose(found.xyxy[0], quad_boxes(photo.quads)[0], atol=12)


def test_a_plain_picture_has_no_plate_of_any_score_to_speak_of(data: Path):
    found = PlateTeacher(data).find(np.full((60, 200, 3), 120, np.uint8))
    assert found.scores.max(initial=0) < 0.2


def test_where_it_is_not_the_remedy_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match=r"(?s)expected the teacher at .*set TRAFFIC_DATA"):
        PlateTeacher(tmp_path)
