"""A data folder of a few drawn pictures with its labelled list, and a recipe that takes seconds."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.training.classifier.recipe import Recipe, load_recipe

COCO_FILE = "detectors/yolox_nano_coco_416.onnx"
SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_classifier.yaml"
DAY_SEED, OTHER_SEED = 1, 10
PICTURES = (
    ("street", "car", "red"),
    ("street", "bus", ""),
    ("yard", "", "blue"),
    ("yard", "truck", "white"),
    ("street", "car", "red"),
    ("yard", "bus", "white"),
)


@pytest.fixture(scope="session")
def tiny_gallery(tmp_path_factory: pytest.TempPathFactory, coco_file: Path) -> Path:
    """Six pictures of two sets, each with one box; the last two are held out."""
    data = tmp_path_factory.mktemp("gallery")
    rows = []
    for number, (folder, kind, colour) in enumerate(PICTURES):
        image = np.full((60, 80, 3), 40 * number, np.uint8)
        image[10:50, 20:60] = (30, 30, 160)
        (data / folder).mkdir(exist_ok=True)
        cv2.imwrite(str(data / folder / f"{number}.png"), image)
        split = "train" if number < 4 else "held_out"
        rows.append((f"{folder}/{number}.png", 20, 10, 60, 50, kind, colour, split))
    with (data / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "x1", "y1", "x2", "y2", "type", "colour", "split"), *rows])
    (data / "detectors").mkdir()
    (data / COCO_FILE).symlink_to(coco_file)
    return data


@pytest.fixture(scope="session")
def tiny_recipe(tiny_gallery: Path) -> Recipe:
    """Two steps on two pictures each, one drawn frame a side."""
    shipped = load_recipe(SHIPPED)
    frames = {"frames": 1, "first_seed": DAY_SEED, "held_out_frames": 1, "held_out_first_seed": OTHER_SEED}
    short = {"steps": 2, "batch": 4, "input_size": (32, 32), "calibration_batches": 1, "evaluate_every": 2}
    return shipped.model_copy(
        update={
            "labels": str(tiny_gallery / "labels.csv"),
            "rendered": shipped.rendered.model_copy(update=frames),
            **short,
        }
    )
