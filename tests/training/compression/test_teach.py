from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.datatypes import Detections
from traffic.errors import SourceError
from traffic.evaluation.labelled_images import LabelledSet
from traffic.inference.model_card import sha256_of
from traffic.training.compression.teach import MANIFEST_FILE, REGION, Believed, Manifest, label_lines, teach

BELIEVED = Believed(label=0.5, region=0.2)


def found(*boxes: tuple[list[float], float, int]) -> Detections:
    return Detections(
        np.array([box for box, _, _ in boxes], np.float32).reshape(-1, 4),
        np.array([score for _, score, _ in boxes], np.float32),
        np.array([class_id for _, _, class_id in boxes], np.int64),
    )


@pytest.mark.parametrize(
    ("score", "line"),
    [
        (0.9, "3 0.300000 0.500000 0.200000 0.600000"),
        (0.5, "3 0.300000 0.500000 0.200000 0.600000"),
        (0.3, f"{REGION} 0.300000 0.500000 0.200000 0.600000"),
        (0.1, None),
    ],
)
def test_a_sure_box_is_a_label_a_doubtful_one_a_region_and_a_weak_one_nothing(score: float, line: str | None) -> None:
    lines = label_lines(found(([40, 20, 80, 80], score, 3)), (200, 100), BELIEVED)
    assert lines == ([] if line is None else [line])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        image = np.random.default_rng(number).integers(0, 256, (64, 96, 3), np.uint8)
        cv2.imwrite(str(folder / f"street{number}.png"), image)
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_a_folder_becomes_a_set_that_the_trainer_reads_and_a_manifest(
    released: Path, pictures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "taught"
    made = teach(released, pictures, out, size=(96, 64), every=2, believed=Believed(label=0.3, region=0.05))
    assert made == Manifest.model_validate_json((out / MANIFEST_FILE).read_text())
    assert [picture.source for picture in made.pictures] == ["street0.png", "street2.png"]
    assert made.teacher_sha256 == sha256_of(released.with_name("vehicle_detector.onnx"))
    classes = {number: (name,) for number, name in enumerate(made.classes)} | {REGION: ()}
    labelled = LabelledSet(folders=("taught",), source="ours", licence="", classes=classes, held_out=())
    read = [labelled.read(tmp_path, path) for path in labelled.paths(tmp_path, held_out=False)]
    assert [(p.is_vehicle.sum(), (~p.is_vehicle).sum()) for p in read] == [
        (picture.labels, picture.regions) for picture in made.pictures
    ]
    assert sum(picture.labels + picture.regions for picture in made.pictures) > 0


def test_a_video_is_taken_every_so_many_frames_with_its_time(released: Path, tmp_path: Path) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (96, 64))
    for shade in range(7):
        writer.write(np.full((64, 96, 3), 30 * shade, np.uint8))
    writer.release()
    made = teach(released, clip, tmp_path / "taught", size=(96, 64), every=3)
    assert [picture.pts_ns for picture in made.pictures] == [0, 300_000_000, 600_000_000]
    assert [picture.file for picture in made.pictures] == [f"clip_{number:06d}.jpg" for number in (0, 3, 6)]


def test_a_folder_without_pictures_is_told(released: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"(?s)found none.*to mend it: give \.jpg") as error:
        teach(released, tmp_path / "empty", tmp_path / "taught", size=(96, 64))
    assert "empty" in str(error.value)
