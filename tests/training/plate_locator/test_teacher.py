import os
from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.training.plate_locator.photos import labelled_photos
from traffic.training.plate_locator.samples import quad_boxes
from traffic.training.plate_locator.teacher import TEACHER_FILE, open_teacher

pytest.importorskip("onnxruntime", reason="the teacher needs ONNX Runtime: pip install 'traffic[onnx]'")


def test_the_data_folders_teacher_finds_what_people_drew() -> None:
    data = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))
    if not (data / TEACHER_FILE).exists():
        pytest.skip(f"the teacher is not at {data / TEACHER_FILE}: set TRAFFIC_DATA")
    teacher = open_teacher(data)
    for photo in labelled_photos(data / "plates_openalpr/br.csv", data / "plates_openalpr/br")[:6]:
        np.testing.assert_allclose(teacher.find(photo.image).xyxy[0], quad_boxes(photo.quads)[0], atol=12)


def test_where_it_is_not_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?s)expected a peer's model at .*TRAFFIC_DATA"):
        open_teacher(tmp_path)
