import os
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name, write_durably

STARTS_TO_WRITE = """
import os, sys, time
from pathlib import Path
from traffic.evidence.files import write_durably
def hang(descriptor):
    print("writing", flush=True)
    time.sleep(60)
os.fsync = hang
write_durably(Path(sys.argv[1]), "x.jpg", b"x")
"""
WRITES_OFTEN = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traffic.evidence.files import write_durably
def write(number):
    write_durably(Path(sys.argv[1]), "x.jpg", bytes([number % 256]) * 50_000)
with ThreadPoolExecutor(2) as pool:
    list(pool.map(write, range(200)))
"""


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


def test_what_a_killed_process_left_half_written_goes_with_the_next_picture(tmp_path):
    with subprocess.Popen([sys.executable, "-c", STARTS_TO_WRITE, tmp_path], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        (half,) = [path.name for path in tmp_path.iterdir()]
        write_durably(tmp_path, "other.jpg", b"other")
        assert {path.name for path in tmp_path.iterdir()} == {half, "other.jpg"}, "who lives goes on writing"
        writer.kill()
        writer.wait()
    write_durably(tmp_path, "third.jpg", b"third")
    assert {path.name for path in tmp_path.iterdir()} == {"other.jpg", "third.jpg"}


def test_who_writes_one_path_at_once_disturbs_nobody(tmp_path):
    """Each of two processes writes with two threads; none fails, and no half is left or ever seen."""
    arguments = [sys.executable, "-c", WRITES_OFTEN, tmp_path]
    with subprocess.Popen(arguments) as one, subprocess.Popen(arguments) as other:
        seen = set()
        while one.poll() is None or other.poll() is None:
            with suppress(FileNotFoundError):
                seen.add((tmp_path / "x.jpg").read_bytes())
            time.sleep(0.001)
    assert (one.returncode, other.returncode) == (0, 0)
    assert {(len(data), len(set(data))) for data in seen} == {(50_000, 1)}
    assert [path.name for path in tmp_path.iterdir()] == ["x.jpg"]


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
