"""Files that are wholly there or not there at all, whenever the power goes."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path

from traffic.errors import EvidenceError

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
REMEDIES = {
    errno.ENOSPC: "free space on the disk, or set evidence.folder to another one",
    errno.EDQUOT: "raise the quota of the user that runs traffic",
    errno.EROFS: "mount the disk writable",
    errno.EACCES: "give the user that runs traffic the right to write there",
    errno.EPERM: "give the user that runs traffic the right to write there",
    errno.ENOTDIR: "move the file that stands in the folder's place, or set evidence.folder to another one",
    errno.EEXIST: "move the file that stands in the folder's place, or set evidence.folder to another one",
}


def write_durably(folder: Path, path: str, data: bytes) -> None:
    """Write `data` to `path` below `folder`; on return it survives a power cut, and no reader ever sees half a file.

    Raises:
        EvidenceError: the disk is full or read-only, or the folder is missing or a file.
    """
    target = folder / path
    try:
        if target.is_file() and target.read_bytes() == data:
            return
        _make_folder(target.parent)
        _replace(target, data)
    except OSError as error:
        raise unwritable(target, error) from error


def unwritable(path: Path, error: OSError) -> EvidenceError:
    """What to tell the operator when `path` could not be written."""
    remedy = REMEDIES.get(error.errno or 0, "check the disk and evidence.folder")
    return EvidenceError(f"{path}: expected to write evidence there, got: {error.strerror or error}", remedy=remedy)


def safe_name(text: str) -> str:
    """`text` as one part of a path: as it is where that is safe, else with a digest so that no two names meet."""
    if SAFE_NAME.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    readable = re.sub(r"[^A-Za-z0-9]+", "_", text)[:80].strip("_")
    return f"{readable}-{digest}" if readable else digest


def _make_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _sync_folder(each.parent)


def _replace(target: Path, data: bytes) -> None:
    """Through a temporary name that is always the same, so that a crash leaves at most one, and the retry takes it."""
    temporary = target.with_name(f".{target.name}.part")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
