"""A data folder of a few drawn pictures, and where the real one is."""

import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

COCO_FILE = "detectors/yolox_nano_coco_416.onnx"
FOLDERS = ("det_topview/train", "det_atl_daynight/train", "det_highway_id/train", "det_vehicles_openimages/train")
HELD_OUT = (
    "det_topview/train/images/2_mp4-0",
    "det_atl_daynight/train/images/Z97",
    "det_highway_id/valid/images/a",
    "det_vehicles_openimages/valid/images/a",
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny networks are slower on many threads, above all beside other work."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def coco_file() -> Path:
    path = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / COCO_FILE
    if not path.exists():
        pytest.skip(f"the COCO weights are not at {path}: set TRAFFIC_DATA")
    return path.resolve()


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory, coco_file: Path) -> Path:
    """The layout of the real data folder with one grey picture and one box in each set, and two crops a type."""
    data = tmp_path_factory.mktemp("data")
    for folder in (*FOLDERS, "det_highway_id/test", "det_vehicles_openimages/test"):
        write_picture(data / folder / "images" / "a")
    for picture in HELD_OUT:
        write_picture(data / picture)
    for kind in ("bike", "car", "juggernaut", "minibus", "truck"):
        (data / "vehicle_types" / kind).mkdir(parents=True)
        for number in (1, 2):
            path = data / "vehicle_types" / kind / f"{kind}{number}.png"
            cv2.imwrite(str(path), np.full((100, 100, 3), 40 * number, np.uint8))
    (data / "detectors").mkdir()
    (data / COCO_FILE).symlink_to(coco_file)
    return data


def write_picture(stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((120, 160, 3), 120, np.uint8)
    image[30:90, 40:120] = (30, 30, 160)
    cv2.imwrite(str(stem.with_suffix(".png")), image)
    label = stem.parents[1] / "labels" / f"{stem.name}.txt"
    label.parent.mkdir(parents=True, exist_ok=True)
    label.write_text("0 0.5 0.5 0.5 0.5\n")
