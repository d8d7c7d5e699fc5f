from pathlib import Path

import pytest

from traffic.errors import ConfigError
from traffic.evaluation.formats.rows import pictures_folder, read_rows, read_text, short_name

COLUMNS = ("image", "x1", "y1", "x2", "y2")
HEADER = "image,x1,y1,x2,y2\n"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def test_a_line_becomes_a_row_with_its_number(written: Path) -> None:
    written.write_text(HEADER + "\na.jpg, 1, 2.5 ,3,4\n\n")
    (row,) = read_rows(written, COLUMNS)
    assert (row.line, row.text("image"), row.box()) == (3, "a.jpg", (1, 2.5, 3, 4))


def test_columns_come_in_any_order_and_more_are_allowed(written: Path) -> None:
    written.write_text("note,y2,x2,y1,x1,image\nfar away,4,3,2,1,a.jpg\n")
    (row,) = read_rows(written, COLUMNS)
    assert row.box() == (1, 2, 3, 4)


def test_a_file_that_a_spreadsheet_wrote(written: Path) -> None:
    written.write_bytes(("\ufeff" + HEADER + "b\u00fcro.jpg,1,2,3,4").replace("\n", "\r\n").encode())
    (row,) = read_rows(written, COLUMNS)
    assert row.text("image") == "b\u00fcro.jpg"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("", r"list.csv:1: expected columns image,x1,y1,x2,y2, image,x1", id="nothing"),
        pytest.param(HEADER, "expected at least one line", id="a header alone"),
        pytest.param("image,x1,y1,x2\na,1,2,3\n", r":1: .* y2 missing", id="a column too few"),
        pytest.param(HEADER + "a.jpg,1,2,3,4\nb.jpg,1,2,3\n", ":3: expected 5 fields .* got 4", id="a short line"),
        pytest.param(HEADER + "a,b.jpg,1,2,3,4\n", ":2: expected 5 fields .* got 6", id="a comma in a name"),
    ],
)
def test_a_list_that_is_none(written: Path, content: str, expected: str) -> None:
    written.write_text(content)
    with pytest.raises(ConfigError, match=expected):
        read_rows(written, COLUMNS)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("1,2,three,4", ":2: x2: expected a number of pixels, got 'three'"),
        ("1,2,,4", ":2: x2: expected a number of pixels, got ''"),
        ("1,nan,3,4", "y1: expected a number"),
        ("1,2,inf,4", "x2: expected a number"),
        ("3,2,1,4", "expected x1 < x2 and y1 < y2, got 3,2,1,4"),
        ("1,2,3,2", "expected x1 < x2"),
    ],
)
def test_a_box_that_is_none(written: Path, box: str, expected: str) -> None:
    written.write_text(f"{HEADER}a.jpg,{box}\n")
    (row,) = read_rows(written, COLUMNS)
    with pytest.raises(ConfigError, match=expected):
        row.box()


def test_a_word_is_one_of_the_known_ones_or_nothing(written: Path) -> None:
    written.write_text("type\ncar\ntank\n")
    car, tank = read_rows(written, ["type"])
    assert car.choice("type", ["car", "bus"]) == "car"
    with pytest.raises(ConfigError, match=":3: type: expected one of car, bus or nothing, got 'tank'"):
        tank.choice("type", ["car", "bus"])


def test_an_empty_field_is_no_choice_and_no_text(written: Path) -> None:
    written.write_text("image,type\na.jpg,\n")
    (row,) = read_rows(written, ["image", "type"])
    assert row.choice("type", ["car"]) is None
    with pytest.raises(ConfigError, match="expected type, got nothing"):
        row.text("type")


def test_a_missing_file_and_other_bytes(written: Path) -> None:
    with pytest.raises(ConfigError, match=r"list\.csv, cannot read it: No such file"):
        read_text(written)
    written.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="expected UTF-8"):
        read_text(written)


@pytest.mark.parametrize("place", [".", "images", "list", "../images"])
def test_pictures_are_looked_for_around_the_list(tmp_path: Path, place: str) -> None:
    path = tmp_path / "labels" / "list.csv"
    folder = path.parent / place
    folder.mkdir(parents=True)
    path.parent.mkdir(exist_ok=True)
    (folder / "a.jpg").touch()
    assert pictures_folder(path, None, "a.jpg").resolve() == folder.resolve()


def test_a_named_folder_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(ConfigError, match=r"names the picture a\.jpg, found none in .*elsewhere"):
        pictures_folder(tmp_path / "list.csv", tmp_path / "elsewhere", "a.jpg")


def test_a_path_is_called_by_its_last_two_parts(tmp_path: Path) -> None:
    assert short_name(tmp_path / "plates" / "eu" / ".." / "ru.csv") == "plates/ru.csv"
