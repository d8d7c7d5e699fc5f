from __future__ import annotations

import av
import numpy as np
import pytest
from builders import case, frame

from traffic.config import CameraSettings
from traffic.datatypes import Tracks
from traffic.pipeline import Batch, Identified
from traffic.preview import Preview
from traffic.scene.settings import LineSettings, SceneSettings
from traffic.video.source import FileSource


@pytest.fixture
def camera():
    lines = (LineSettings(name="gate", points=((0, 200), (640, 200))),)
    return CameraSettings(id="north", source=FileSource(path="unused.mp4"), scene=SceneSettings(lines=lines))


def moment(index, *, camera_id="north", ended=()):
    y = 60.0 + 10 * index
    tracks = Tracks(
        np.array([7]),
        np.array([0]),
        np.array([[300, y, 380, y + 60]], np.float32),
        np.array([0.9], np.float32),
        np.array([0]),
        ended,
    )
    return Identified(Batch((frame(index, camera_id=camera_id),)), (tracks,), (), ())


def decoded(path):
    with av.open(str(path)) as container:
        return [(one.time, one.to_ndarray(format="bgr24")) for one in container.decode(video=0)]


def test_every_frame_of_the_camera_is_drawn_at_its_own_time_and_others_are_not(camera, tmp_path):
    path = tmp_path / "deep" / "preview.mp4"
    with Preview(camera, path) as preview:
        for index in range(10):
            preview.show(moment(index))
            preview.show(moment(index, camera_id="south"))
    frames = decoded(path)
    assert [round(time * 25) for time, _ in frames] == list(range(10))


def test_the_box_is_drawn_where_the_vehicle_is_and_the_frame_itself_stays_as_it_was(camera, tmp_path):
    shown = moment(3)
    before = shown.batch.frames[0].image.copy()
    with Preview(camera, tmp_path / "p.mp4") as preview:
        preview.show(shown)
    ((_, image),) = decoded(tmp_path / "p.mp4")
    y1 = 60 + 10 * 3
    assert abs(image[y1 + 30, 300].astype(int) - 90).max() > 30, "the box's left edge"
    assert abs(image[y1 + 30, 340].astype(int) - 90).max() < 12, "the vehicle itself stays visible"
    np.testing.assert_array_equal(shown.batch.frames[0].image, before)


def test_what_was_recorded_is_shown_for_a_while(camera, tmp_path):
    with Preview(camera, tmp_path / "p.mp4") as preview:
        preview.show(Identified(Batch(()), (), (), (case(),)))
        preview.show(moment(20))
        preview.show(moment(400))
    (_, fresh), (_, late) = decoded(tmp_path / "p.mp4")
    corner = np.s_[355:380, 10:120]
    assert fresh[corner].std() > 15
    assert late[corner].std() < 3


def test_no_frame_makes_no_file(camera, tmp_path):
    with Preview(camera, tmp_path / "p.mp4"):
        pass
    assert not (tmp_path / "p.mp4").exists()
