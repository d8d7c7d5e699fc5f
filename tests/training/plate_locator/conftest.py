"""A data folder of a few drawn pictures, laid out like the real one, with the teacher's answers made up."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.training.plate_locator.recipe import Recipe, load_recipe

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "plate_locator.yaml"
TRAIN = ("det_topview/train", "det_atl_daynight/train", "det_highway_id/train", "det_vehicles_openimages/train")
VALID = ("det_highway_id/valid", "det_highway_id/test", "det_vehicles_openimages/valid", "det_vehicles_openimages/test")
HELD_OUT = ("det_topview/train/images/2_mp4-0", "det_atl_daynight/train/images/Z97")
PLATE = (60, 80, 100, 90)


@pytest.fixture(scope="session")
def plate_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("plate_data")
    for stem in (*(f"{folder}/images/a" for folder in (*TRAIN, *VALID)), *HELD_OUT):
        _write(data / f"{stem}.png")
        label = data / Path(stem).parent.parent / "labels" / f"{Path(stem).name}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("2 0.5 0.5 0.75 0.9\n" if "topview" not in stem else "0 0.5 0.5 0.75 0.9\n")
    boxes = ",".join(map(str, PLATE))
    for folder, table in (("plates_openalpr/eu", "eu"), ("plates_openalpr/br", "br"), ("plates_ru/images", "plates")):
        _write(data / folder / "a.png")
        (data / folder).parent.joinpath(f"{table}.csv").write_text(f"image,x1,y1,x2,y2\na.png,{boxes}\n")
    for name in ("a", "b"):
        _write(data / "plates_ro/images" / f"{name}.png")
    (data / "plates_ro/boxes.csv").write_text(f"image,split,x1,y1,x2,y2\na.png,train,{boxes}\nb.png,valid,{boxes}\n")
    return data


@pytest.fixture
def recipe() -> Recipe:
    """The shipped recipe, on four drawn frames; each pair shows a plate."""
    shipped = load_recipe(SHIPPED)
    few = shipped.rendered.model_copy(update={"count": 2})
    others = shipped.rendered_held_out.model_copy(update={"first_seed": 1000003, "count": 2})
    return shipped.model_copy(update={"rendered": few, "rendered_held_out": others})


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A cache folder in which the teacher has found a plate in every other crop."""
    for name, crops in (("taught.npy", 5), ("taught_held_out.npy", 5)):
        rows = np.tile(np.array([[40, 70, 80, 80, 0.9]], np.float32), (crops, 1))
        rows[1::2] = 0
        np.save(tmp_path / name, rows)
    for name in ("scenes.npy", "scenes_held_out.npy"):  # picture, box, score
        np.save(tmp_path / name, np.array([[0, *PLATE, 0.9]], np.float32))
    return tmp_path


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((120, 160, 3), 90, np.uint8)
    image[20:110, 30:130] = (30, 30, 160)
    x1, y1, x2, y2 = PLATE
    image[y1:y2, x1:x2] = 235
    cv2.imwrite(str(path), image)
