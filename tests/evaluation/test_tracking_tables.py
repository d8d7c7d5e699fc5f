from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.tracking_tables import KittiBox, read_frame_rate, read_kitti_labels, read_table

MOT = "frame,id,x,y,width,height,score"
CAR = "0 3 Car 0.00 1 -10 1.5 2 101.5 52 -1 -1 -1 -1 -1 -1 -1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "track.txt"


def test_a_table_has_the_columns_that_are_asked_for(path: Path) -> None:
    path.write_text("1,7,0,0,100,50,1,1,0.5\n\n 2, 7, 10, 0, 100, 50, 0\n")
    np.testing.assert_array_equal(read_table(path, MOT, 1), [[1, 7, 0, 0, 100, 50, 1], [2, 7, 10, 0, 100, 50, 0]])


def test_an_empty_file_has_no_rows(path: Path) -> None:
    path.write_text("\n")
    assert read_table(path, MOT, 1).shape == (0, 7)
    assert read_kitti_labels(path) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2,7,0,0,100,50", f"expected {MOT}, got 6 fields: '2,7,0,0,100,50'"),
        ("2 7 0 0 100 50 1", f"expected {MOT}, got 1 fields"),
        ("frame,id,x,y,width,height,score", "expected frame as a number, got 'frame'"),
        ("2,7,0,0,100,,1", "expected height as a number, got ''"),
        ("2,7,0,0,nan,50,1", "expected width as a number, got 'nan'"),
        ("2.5,7,0,0,100,50,1", "expected a whole number of 1 or more as frame, got '2.5'"),
        ("0,7,0,0,100,50,1", "expected a whole number of 1 or more as frame, got '0'"),
    ],
)
def test_a_bad_line_of_a_table_is_named(path: Path, line: str, expected: str) -> None:
    path.write_text(f"1,7,0,0,100,50,1\n\n{line}\n")
    with pytest.raises(ConfigError, match=r"track\.txt:3: ") as caught:
        read_table(path, MOT, 1)
    assert expected in caught.value.problem


def test_kittis_labels(tmp_path: Path) -> None:
    packed = tmp_path / "0001.txt.gz"
    packed.write_bytes(gzip.compress(f"{CAR}\n".encode()))
    assert read_kitti_labels(packed) == [KittiBox(0, 3, "Car", 0.0, 1.0, (1.5, 2.0, 101.5, 52.0))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 3 Car 0 0 -10 0 0 100", "got 9 fields"),
        ("1,7,0,0,100,50,1", "got 1 fields"),
        ("x 3 Car 0 0 -10 0 0 100 50", "frame and id whole, got 'x 3 Car"),
        ("0.5 3 Car 0 0 -10 0 0 100 50", "frame and id whole"),
        ("-1 3 Car 0 0 -10 0 0 100 50", "frame and id whole"),
        ("0 3 Car 0 0 -10 0 left 100 50", "got '0 3 Car 0 0 -10 0 left"),
    ],
)
def test_a_bad_line_of_kittis_is_named(path: Path, line: str, expected: str) -> None:
    path.write_text(f"{CAR}\n{line}\n")
    with pytest.raises(ConfigError, match=r"track\.txt:2: expected .*frame id type truncated") as caught:
        read_kitti_labels(path)
    assert expected in caught.value.problem


@pytest.mark.parametrize("content", [b"\xff\xfe1,2", None], ids=["no text", "no file"])
def test_a_file_that_cannot_be_read_is_named(path: Path, content: bytes | None) -> None:
    if content:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"track\.txt: expected lines of text"):
        read_table(path, MOT, 1)


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"1,7,0,0,100,50,1\n" * 99)[:-20]], ids=["no gzip", "cut short"]
)
def test_a_packed_file_that_is_broken_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0001.txt.gz").write_bytes(content)
    with pytest.raises(ConfigError, match=r"0001\.txt\.gz: expected lines of text"):
        read_kitti_labels(tmp_path / "0001.txt.gz")


@pytest.mark.parametrize(
    ("content", "rate"),
    [
        ("[Sequence]\nframeRate=29.97\n", 29.97),
        ("[Sequence]\nname=50%\nframerate = 14\n", 14.0),
        ("[Sequence]\n", 25.0),
    ],
)
def test_the_frame_rate_of_a_sequence(tmp_path: Path, content: str, rate: float) -> None:
    (tmp_path / "seqinfo.ini").write_text(content)
    assert read_frame_rate(tmp_path / "seqinfo.ini", 25.0) == rate
    assert read_frame_rate(tmp_path / "none.ini", 25.0) == 25.0


@pytest.mark.parametrize("rate", ["thirty", "0", "-5", "nan", "inf", ""])
def test_a_frame_rate_that_is_none_is_named_with_its_line(tmp_path: Path, rate: str) -> None:
    (tmp_path / "seqinfo.ini").write_text(f"[Sequence]\nname=crossing\nframeRate={rate}\n")
    with pytest.raises(ConfigError, match=rf"seqinfo\.ini:3: expected frameRate as a number above 0, got '{rate}'"):
        read_frame_rate(tmp_path / "seqinfo.ini", 25.0)


def test_a_file_that_is_no_seqinfo_is_named(tmp_path: Path) -> None:
    (tmp_path / "seqinfo.ini").write_text("frameRate=30\n")
    with pytest.raises(ConfigError, match=r"seqinfo\.ini: expected MOT's seqinfo\.ini"):
        read_frame_rate(tmp_path / "seqinfo.ini", 25.0)
