from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from traffic.errors import ConfigError  # noqa: E402
from traffic.simulation.plate_drawing.mixture import COUNTRIES  # noqa: E402
from traffic.training.plate_reader.pseudo_labels import RealPlate  # noqa: E402
from traffic.training.plate_reader.real_samples import UNKNOWN, real_samples  # noqa: E402
from traffic.training.plate_reader.samples import NOWHERE, encode_text  # noqa: E402


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photo = np.full((100, 200, 3), 200, np.uint8)
    photo[40:60, 50:150] = 20
    cv2.imwrite(str(tmp_path / "a.png"), photo)
    return tmp_path


def plate(text: str, country: str = "", image: str = "a.png") -> RealPlate:
    return RealPlate(image, 50, 40, 150, 60, text, country, 8)


def test_every_text_has_the_same_share_however_often_it_was_seen(folder: Path) -> None:
    samples = real_samples(folder, [plate("B12ABC", "eu")] * 5 + [plate("XY99")], 10, seed=1)
    seen = [tuple(row) for row in samples.symbols.tolist()]
    assert seen.count(tuple(encode_text("B12ABC").tolist())) == seen.count(tuple(encode_text("XY99").tolist())) == 5


def test_a_crop_shows_the_plate_and_little_else_and_says_only_what_is_known(folder: Path) -> None:
    samples = real_samples(folder, [plate("B12ABC", "eu"), plate("XY99")], 12, seed=2)
    assert samples.pictures.shape == (12, 48, 160, 3)
    assert (samples.pictures[:, 18:30, 40:120].mean((1, 2, 3)) < samples.pictures.max((1, 2, 3))).all()
    assert samples.cells[0].tolist() == [UNKNOWN] * 6 + [NOWHERE] * 4
    assert samples.countries[:2].tolist() == [COUNTRIES.index("eu"), UNKNOWN]


def test_the_same_seed_gives_the_same_crops(folder: Path) -> None:
    first, second = (real_samples(folder, [plate("XY99")], 4, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.pictures, second.pictures)
    assert len(np.unique(first.pictures.reshape(4, -1), axis=0)) == 4


def test_what_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(ConfigError, match="pseudo_labels"):
        real_samples(folder, [], 4, seed=1)
    with pytest.raises(ConfigError, match=r"gone\.png"):
        real_samples(folder, [plate("XY99", image="gone.png")], 1, seed=1)
