"""Files that are wholly there or not there at all, whenever the power goes."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from traffic.errors import EvidenceError

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
UNFINISHED = ".part"
"""Ends the names of files that are being written."""
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

    Any number of threads and processes may write one path at once. What a killed one left half-written goes with the
    next picture that is written into the same folder.

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
    _remove_abandoned(target.parent)
    while not _replaced(target, data):
        pass
    _sync_folder(target.parent)


def _replaced(target: Path, data: bytes) -> bool:
    """Through a temporary name of this call's own; False where another process took it for abandoned."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
    with open(temporary, "xb") as file:
        try:
            _lock(file)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.replace(temporary, target)
        except FileNotFoundError:
            return False
        finally:
            temporary.unlink(missing_ok=True)
    return True


def _remove_abandoned(folder: Path) -> None:
    """What killed processes left half-written: who lives holds a lock on what it writes."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(UNFINISHED) and entry.name.startswith(".")]
    for name in names:
        with suppress(OSError), open(folder / name, "r+b") as file:
            if _lock(file):
                os.unlink(folder / name)


def _lock(file: BinaryIO) -> bool:
    """False where another process holds it, or the file system has no locks: then nothing counts as abandoned."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
