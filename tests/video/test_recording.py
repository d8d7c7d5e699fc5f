import os
import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from traffic.errors import SourceError
from traffic.video.recording import check_is_file, open_file, recorded_at, recording_id, unreadable

MIB = 1 << 20


def test_the_id_is_the_contents_not_the_place(tmp_path: Path) -> None:
    first, second = tmp_path / "a.mp4", tmp_path / "b.bin"
    first.write_bytes(os.urandom(3 * MIB))
    shutil.copy(first, second)
    os.utime(second, (0, 0))
    assert recording_id(first) == recording_id(second)
    assert len(recording_id(first)) == 16
    assert int(recording_id(first), 16) >= 0


@pytest.mark.parametrize("changed", [0, MIB - 1, 2 * MIB, 3 * MIB - 1])
def test_another_first_or_last_mib_is_another_recording(tmp_path: Path, changed: int) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(3 * MIB))
    before = recording_id(path)
    with path.open("r+b") as file:
        file.seek(changed)
        file.write(b"x")
    assert recording_id(path) != before


@pytest.mark.parametrize("sizes", [(0, 1), (10, 11), (3 * MIB, 4 * MIB)])
def test_another_size_is_another_recording(tmp_path: Path, sizes: tuple[int, int]) -> None:
    ids = []
    for size in sizes:
        path = tmp_path / str(size)
        path.write_bytes(bytes(size))
        ids.append(recording_id(path))
    assert ids[0] != ids[1]


@pytest.mark.parametrize(("made", "came"), [("nothing", "nothing there"), ("folder", "a folder"), ("pipe", "no plain")])
def test_what_is_no_file_is_refused(tmp_path: Path, made: str, came: str) -> None:
    path = tmp_path / "road.mp4"
    if made == "folder":
        path.mkdir()
    if made == "pipe":
        os.mkfifo(path)
    with pytest.raises(SourceError, match=f"expected a video file, got {came}"):
        check_is_file(path)


def test_a_path_through_a_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(SourceError, match="nothing there"):
        check_is_file(tmp_path / "a" / "b.mp4")


@pytest.mark.parametrize("content", [b"", b"a shopping list\n" * 50, bytes(5000), b"\0\0\0\x18ftypisom" + bytes(90)])
def test_what_is_no_video_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "road.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"road.mp4: expected a video file, got {len(content)} bytes") as refused:
        open_file(path)
    assert "ffprobe" in refused.value.remedy


def test_a_playlist_cannot_make_us_fetch_anything(tmp_path: Path) -> None:
    path = tmp_path / "road.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError):
        open_file(path).close()


def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "road.mp4"
    path.write_bytes(b"x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file, so none can be unreadable; run the tests as an ordinary user")
    with pytest.raises(SourceError, match="Permission denied"):
        recording_id(path)


def test_the_error_for_an_unreadable_file_names_cause_and_remedy() -> None:
    error = unreadable(Path("/mnt/road.mp4"), "Input/output error")
    assert error.problem == "/mnt/road.mp4: expected a readable video file, got: Input/output error"
    assert error.remedy == "check: ls -l /mnt/road.mp4"


def test_a_recording_began_when_its_container_says(make_clip: Callable[..., Path]) -> None:
    path = make_clip("a.mp4", [0, 40], metadata={"creation_time": "2024-02-29T23:59:58Z"})
    with open_file(path) as container:
        assert recorded_at(container, path) == datetime(2024, 2, 29, 23, 59, 58, tzinfo=timezone.utc)


def test_else_at_its_modification_time(make_clip: Callable[..., Path]) -> None:
    path = make_clip("a.avi", [0, 40], codec="mpeg4")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with open_file(path) as container:
        assert recorded_at(container, path) == datetime.fromtimestamp(1_700_000_000, timezone.utc)
