import os

import pytest

from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name, write_durably


@pytest.mark.parametrize("name", ["north", "north-gate_2", "A.1", "0b9d3f0e-8c0a-5d3e-9a53-3b1f7d1c2a11"])
def test_safe_names_stay(name):
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["../etc", "a/b", "a b", ".hidden", "", "Север", "x" * 300, "a\\b", "nul\0"])
def test_other_names_become_one_safe_part_of_a_path(name):
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert len(safe) <= 100


def test_names_that_differ_stay_apart():
    names = ["a/b", "a_b", "a b", "a\\b", "A/b"]
    assert len({safe_name(name) for name in names}) == len(names)


def test_what_is_written_is_there_and_nothing_else(tmp_path):
    write_durably(tmp_path / "new", "north/day/x.jpg", b"one")
    write_durably(tmp_path / "new", "north/day/x.jpg", b"two")
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in found] == [b"two"]


def test_an_identical_file_is_left_as_it_is(tmp_path):
    write_durably(tmp_path, "x.jpg", b"one")
    os.utime(tmp_path / "x.jpg", ns=(1, 1))
    write_durably(tmp_path, "x.jpg", b"one")
    assert (tmp_path / "x.jpg").stat().st_mtime_ns == 1


def test_the_rest_of_a_crash_is_taken_over(tmp_path):
    (tmp_path / ".x.jpg.part").write_bytes(b"half of a longer pict")
    write_durably(tmp_path, "x.jpg", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x.jpg", b"whole")]


def test_a_full_disk_keeps_the_old_file_and_leaves_no_half(tiny_disk):
    write_durably(tiny_disk, "x.jpg", b"old")
    with pytest.raises(EvidenceError, match=r"(?s)No space left.*free space on the disk"):
        write_durably(tiny_disk, "x.jpg", b"n" * 100_000)
    assert [(path.name, path.read_bytes()) for path in tiny_disk.iterdir()] == [("x.jpg", b"old")]


def test_the_folder_is_a_file(tmp_path):
    (tmp_path / "evidence").write_text("not a folder")
    with pytest.raises(EvidenceError, match="move the file that stands in the folder's place"):
        write_durably(tmp_path / "evidence", "north/x.jpg", b"one")
    with pytest.raises(EvidenceError, match="move the file that stands in the folder's place"):
        write_durably(tmp_path / "evidence", "x.jpg", b"one")


def test_a_folder_stands_where_the_picture_goes(tmp_path):
    (tmp_path / "x.jpg").mkdir()
    with pytest.raises(EvidenceError, match="directory"):
        write_durably(tmp_path, "x.jpg", b"one")
