import os
import subprocess
from dataclasses import replace

import pytest

from traffic.datatypes import EvidenceFile
from traffic.errors import EvidenceError
from traffic.evidence.check import check_folder, verify_file
from traffic.evidence.settings import EvidenceSettings
from traffic.evidence.writer import EvidenceWriter


def test_a_folder_that_is_missing_is_made(tmp_path):
    settings = EvidenceSettings(folder=tmp_path / "a" / "b", minimum_free_mb=0)
    assert check_folder(settings) > 0
    assert list(settings.folder.iterdir()) == []


def test_too_little_space(tmp_path):
    with pytest.raises(EvidenceError, match=r"(?s)expected at least 1000000000 MB free, got \d+ MB.*another one"):
        check_folder(EvidenceSettings(folder=tmp_path, minimum_free_mb=10**9))


def test_a_small_disk_has_too_little_space(tiny_disk):
    with pytest.raises(EvidenceError, match="got 0 MB"):
        check_folder(EvidenceSettings(folder=tiny_disk, minimum_free_mb=1))


def test_a_file_in_the_folder_s_place(tmp_path):
    (tmp_path / "evidence").write_text("")
    with pytest.raises(EvidenceError, match="move the file"):
        check_folder(EvidenceSettings(folder=tmp_path / "evidence"))


def test_a_disk_mounted_read_only(tiny_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(EvidenceError, match=r"(?s)Read-only.*mount the disk writable"):
        check_folder(EvidenceSettings(folder=tiny_disk))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(EvidenceError, match="the right to write"):
        check_folder(EvidenceSettings(folder=tmp_path))


@pytest.fixture
def written(tmp_path, speeding_case) -> EvidenceFile:
    case = speeding_case()
    return EvidenceWriter(EvidenceSettings(folder=tmp_path)).write(case, case.violations[0])


def test_an_untouched_picture_passes(tmp_path, written):
    verify_file(tmp_path, written)


@pytest.mark.parametrize(
    ("what", "alter"),
    [
        ("one bit flipped", lambda data: data[:500] + bytes([data[500] ^ 1]) + data[501:]),
        ("a byte more", lambda data: data + b"\0"),
        ("cut short", lambda data: data[:-100]),
        ("emptied", lambda data: b""),
    ],
)
def test_an_altered_picture_is_told(tmp_path, written, what, alter):
    file = tmp_path / written.path
    file.write_bytes(alter(file.read_bytes()))
    with pytest.raises(EvidenceError, match=r"(?s)was altered.*do not use it as evidence"):
        verify_file(tmp_path, written)


def test_a_missing_picture_is_told(tmp_path, written):
    (tmp_path / written.path).unlink()
    with pytest.raises(EvidenceError, match=r"(?s)No such file.*backup"):
        verify_file(tmp_path, written)


@pytest.mark.parametrize("path", ["../secret.jpg", "/etc/passwd", "north/../../x.jpg"])
def test_a_record_that_points_out_of_the_folder_is_refused(tmp_path, written, path):
    with pytest.raises(EvidenceError, match="inside the evidence folder"):
        verify_file(tmp_path, replace(written, path=path))
