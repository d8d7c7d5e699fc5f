from pathlib import Path

import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.plate_list import LabelledPlate, read_plate_list


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "images" / name).touch()
    return tmp_path / "plates.csv"


def test_plates_of_a_photo_come_together(written: Path) -> None:
    written.write_text("image,x1,y1,x2,y2,text\nb.jpg,1,2,30,9,K777KK199\na.jpg,1,2,30,9,M5XSX\nb.jpg,5,6,30,9,A1\n")
    a, b = read_plate_list(written)
    assert (a.path.name, b.path.name) == ("a.jpg", "b.jpg")
    assert [plate.text for plate in b.plates] == ["K777KK199", "A1"]
    assert a.plates == (LabelledPlate((1, 2, 30, 9), "M5XSX", ""),)


@pytest.mark.parametrize("text", ["A123BC77", "a 123 bc 77", "А123ВС77"])
def test_a_text_is_read_in_either_alphabet(written: Path, text: str) -> None:
    written.write_text(f"image,x1,y1,x2,y2,text,quality\na.jpg,1,2,30,9,{text},ok\n")
    (photo,) = read_plate_list(written)
    assert (photo.plates[0].text, photo.plates[0].quality) == ("A123BC77", "ok")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a.jpg,1,2,30,9,", "plates.csv:2: expected text, got nothing"),
        (",1,2,30,9,M5XSX", ":2: expected image, got nothing"),
        ("a.jpg,1,2,x,9,M5XSX", ":2: x2: expected a number"),
        ("c.jpg,1,2,30,9,M5XSX", "c.jpg, found none in"),
    ],
)
def test_a_bad_line_is_named(written: Path, line: str, expected: str) -> None:
    written.write_text(f"image,x1,y1,x2,y2,text\n{line}\n")
    with pytest.raises(ConfigError, match=expected):
        read_plate_list(written)


def test_a_later_photo_that_is_missing_is_named_with_its_line(written: Path) -> None:
    written.write_text("image,x1,y1,x2,y2,text\na.jpg,1,2,30,9,M5XSX\nc.jpg,1,2,30,9,M5XSX\n")
    with pytest.raises(ConfigError, match=r":3: expected the photo .*c\.jpg"):
        read_plate_list(written)
