"""A list that follows its file: a changed file is taken once it stands still and is right, else the old one stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from traffic.lists.file import read_list
from traffic.lists.plate_list import Match, PlateList, matches
from traffic.lists.settings import ListSettings

LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells one state of a file from another."""

    device: int
    inode: int
    changed_ns: int
    size: int


class WatchedList:
    """One list of the config, as its file has it now.

    A new file is taken at the second look that finds it so, a second after the first: an editor that empties a file
    and writes it anew is never caught in between. To exchange a list at one stroke, write beside it and rename.

    Args:
        settings: of the list.
        now_s: seconds of a clock that only rises.

    Raises:
        ConfigError: see read_list.
    """

    def __init__(self, settings: ListSettings, now_s: float) -> None:
        self.settings = settings
        self._taken = self._seen = _stamp(settings.file)
        self._next_look_s = now_s + LOOK_EVERY_S
        self.plates = PlateList(read_list(settings.file))
        """What is searched."""

    def find(self, text: str, moment: datetime) -> tuple[Match, ...]:
        """The lines that name a plate at an aware moment; see matches."""
        return matches(self.plates, self.settings.kind, text, moment)

    def refresh(self, now_s: float) -> bool:
        """Look at the file if the last look was a second ago; whether the list is another now.

        Raises:
            ConfigError: the file is gone or wrong, told once for each state of it; the list stays as it was.
        """
        if now_s < self._next_look_s:
            return False
        self._next_look_s = now_s + LOOK_EVERY_S
        before, self._seen = self._seen, _stamp(self.settings.file)
        if self._seen != before or self._seen == self._taken:
            return False
        self._taken = self._seen
        self.plates = PlateList(read_list(self.settings.file))
        return True


def _stamp(path: Path) -> _Stamp | None:
    """None where the file cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _Stamp(status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
