"""A list follows its file."""

import os
from pathlib import Path

import pytest

from traffic.errors import ConfigError
from traffic.lists.settings import ListSettings
from traffic.lists.watch import WatchedList


class Desk:
    """A list file and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "stolen.csv"
        self.now_s = 100.0
        self.stamp_ns = 1_700_000_000_000_000_000
        self.write("A1\n")
        self.list = WatchedList(ListSettings(name="stolen", kind="watch", file=self.file), self.now_s)

    def write(self, text: str) -> None:
        self.file.write_text(text)
        self.stamp_ns += 1_000
        os.utime(self.file, ns=(self.stamp_ns, self.stamp_ns))

    def look(self, after_s: float = 1.0) -> bool:
        self.now_s += after_s
        return self.list.refresh(self.now_s)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_the_file_is_read_at_the_start(desk):
    assert len(desk.list.plates) == 1


def test_a_missing_file_is_told_at_the_start(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        WatchedList(ListSettings(name="x", kind="watch", file=tmp_path / "none.csv"), 0.0)


def test_a_changed_file_is_taken_when_it_stood_still_for_a_second(desk):
    desk.write("A1\nB2\n")
    assert [desk.look(), desk.look(), desk.look()] == [False, True, False]
    assert len(desk.list.plates) == 2


def test_a_file_that_is_still_being_written_is_waited_for(desk):
    for lines in range(2, 6):
        desk.write("A1\n" * lines)
        assert not desk.look()
    assert desk.look()
    assert len(desk.list.plates) == 5


def test_it_is_looked_at_once_a_second_at_most(desk):
    desk.write("A1\nB2\n")
    assert not any(desk.look(0.2) for _ in range(9))
    assert desk.look(0.3)


def test_a_change_of_the_same_length_is_seen(desk):
    desk.write("B2\n")
    desk.look()
    desk.look()
    assert desk.list.plates.find("B2", desk_moment()) is not None


def test_a_file_moved_over_it_is_seen(desk, tmp_path):
    other = tmp_path / "new.csv"
    other.write_text("C3\n")
    os.utime(other, ns=(desk.stamp_ns, desk.stamp_ns))
    os.replace(other, desk.file)
    assert [desk.look(), desk.look()] == [False, True]


@pytest.mark.parametrize("text", ["A1\n*\n", ""])
def test_a_wrong_file_is_told_once_and_the_old_list_stays(desk, text):
    desk.write(text)
    desk.look()
    with pytest.raises(ConfigError):
        desk.look()
    assert not any(desk.look() for _ in range(3))
    assert len(desk.list.plates) == 1


def test_a_file_that_is_gone_is_told_once_and_the_old_list_stays(desk):
    desk.file.unlink()
    desk.look()
    with pytest.raises(ConfigError, match="No such file"):
        desk.look()
    assert not desk.look()
    assert len(desk.list.plates) == 1


def test_a_mended_file_is_taken(desk):
    desk.write("*\n")
    desk.look()
    with pytest.raises(ConfigError):
        desk.look()
    desk.write("A1\nB2\n")
    desk.look()
    assert desk.look()
    assert len(desk.list.plates) == 2


def desk_moment():
    from datetime import datetime, timezone

    return datetime(2026, 5, 4, tzinfo=timezone.utc)
