"""A recording as a file: opened safely, named by its content, dated."""

import hashlib
import stat
from datetime import datetime, timezone
from pathlib import Path

import av
from av.container import InputContainer

from traffic.errors import SourceError
from traffic.video.decoding import reason

_HASHED_BYTES = 1 << 20


def check_is_file(path: Path) -> None:
    """Refuses what could not be read to an end: nothing, a folder, a pipe.

    Raises:
        SourceError: it is no plain file, or stands in a folder that cannot be read.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = 0
    except OSError as error:
        raise unreadable(path, reason(error)) from error
    if not stat.S_ISREG(mode):
        came = "a folder" if stat.S_ISDIR(mode) else "no plain file" if mode else "nothing there"
        raise SourceError(f"{path}: expected a video file, got {came}", remedy="name the file itself in the config")


def open_file(path: Path) -> InputContainer:
    """The opened container; only local files are read, whatever a playlist inside it names.

    Raises:
        SourceError: it is unreadable or no video file.
    """
    try:
        return av.open(str(path), options={"protocol_whitelist": "file"})
    except av.error.InvalidDataError as error:
        raise SourceError(
            f"{path}: expected a video file, got {path.stat().st_size} bytes that are no known video format",
            remedy="check it with: ffprobe " + str(path),
        ) from error
    except av.FFmpegError as error:
        raise unreadable(path, reason(error)) from error


def recording_id(path: Path) -> str:
    """16 hexadecimal digits of SHA-256 over the size and the first and last MiB: the same wherever the file lies.

    Raises:
        SourceError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            digest.update(size.to_bytes(8, "big"))
            for start in (0, max(0, size - _HASHED_BYTES)):
                file.seek(start)
                digest.update(file.read(_HASHED_BYTES))
    except OSError as error:
        raise unreadable(path, reason(error)) from error
    return digest.hexdigest()[:16]


def recorded_at(container: InputContainer, path: Path) -> datetime:
    """When the recording began, as the container says, else the file's modification time."""
    return _creation_time(container) or datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)


def unreadable(path: Path, why: str) -> SourceError:
    """The error for a file that is there but cannot be read."""
    return SourceError(f"{path}: expected a readable video file, got: {why}", remedy=f"check: ls -l {path}")


def _creation_time(container: InputContainer) -> datetime | None:
    try:
        at = datetime.fromisoformat(container.metadata["creation_time"].replace("Z", "+00:00"))
    except (KeyError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
