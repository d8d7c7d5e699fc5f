from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.picture_file import read_picture


@pytest.mark.parametrize("shape", [(4, 6, 3), (4, 6)], ids=["colour", "grey"])
def test_a_picture_has_three_colours_whatever_the_file_has(tmp_path: Path, shape: tuple[int, ...]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full(shape, 70, np.uint8))
    picture = read_picture(tmp_path / "a.png")
    assert (picture.shape, picture.dtype) == ((4, 6, 3), np.uint8)
    assert (picture == 70).all()


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.png, there is no such file"):
        read_picture(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(ConfigError, match=r"(?s)a\.png, cannot decode it.*TRAFFIC_DATA"):
        read_picture(tmp_path / "a.png")
