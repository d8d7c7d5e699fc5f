from __future__ import annotations

import av
import numpy as np
import pytest
from builders import case, frame, passage, reading

from traffic.config import CameraSettings
from traffic.datatypes import Plate, SpeedEstimate, Tracks
from traffic.pipeline import Batch, Identified
from traffic.preview import Preview, in_words
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.settings import PrivacySettings
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


GRZ = Plate("A123BC777", 0.99, 5, reading("A123BC777"), country="ru")
SPEED = SpeedEstimate(39 / 3.6, 0.1, 0.0, 30.0, 0, 2_800_000_000)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, "1 car"),
        ({"colour": "white", "vehicle_type": "articulated_truck"}, "1 white articulated truck"),
        ({"plate": GRZ}, "1 car А 123 ВС 777"),
        ({"speed": SPEED, "plate": Plate("M5XSX", 0.9, 2, reading("M5XSX"))}, "1 car 39 km/h M5XSX"),
        ({"colour": "red", "speed": SPEED, "plate": GRZ}, "1 red car 39 km/h А 123 ВС 777"),
    ],
)
def test_what_is_known_of_a_passage_is_told_and_nothing_else(known, words):
    """A ГРЗ stands in Cyrillic, as on the vehicle."""
    assert in_words(passage(**known)) == words


def news(camera, path, told, **more):
    """The corner of the picture in which what was recorded is told."""
    with Preview(camera, path, **more) as preview:
        preview.show(Identified(Batch(()), (), (), (case(told),)))
        preview.show(moment(20))
    ((_, image),) = decoded(path)
    return image[355:380, :400].astype(int)


def privatiser(**settings):
    return Privatiser(PrivacySettings(**settings)).case


def test_the_plate_is_drawn(camera, tmp_path):
    kept = {"may_keep": privatiser(plates_without_violation="keep")}
    with_plate = news(camera, tmp_path / "a.mp4", passage(plate=GRZ), **kept)
    assert abs(with_plate - news(camera, tmp_path / "b.mp4", passage(), **kept)).max() > 100


def test_each_letter_of_a_russian_plate_has_a_shape_of_its_own(camera, tmp_path):
    """A font without Cyrillic would draw the same mark for each."""
    plates = [Plate(f"{letter}123BC777", 0.99, 5, reading("A123BC777"), country="ru") for letter in "AY"]
    kept = privatiser(plates_without_violation="keep")
    first, second = (news(camera, tmp_path / "p.mp4", passage(plate=plate), may_keep=kept) for plate in plates)
    assert abs(first - second).max() > 60


@pytest.mark.parametrize(
    "more", [{}, {"may_keep": privatiser(plates_without_violation="drop")}], ids=["nobody said it may", "it may not"]
)
def test_a_plate_that_may_not_be_kept_is_not_drawn(camera, tmp_path, more):
    with_plate = news(camera, tmp_path / "a.mp4", passage(plate=GRZ), **more)
    np.testing.assert_array_equal(with_plate, news(camera, tmp_path / "b.mp4", passage(), **more))
