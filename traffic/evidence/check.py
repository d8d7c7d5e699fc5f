"""Is the folder fit for evidence, and are its files those on record?"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path, PurePosixPath

from traffic.datatypes import EvidenceFile
from traffic.errors import EvidenceError
from traffic.evidence.files import unwritable, write_durably
from traffic.evidence.settings import EvidenceSettings

PROBE = ".traffic-check"
MEGABYTE = 1_000_000


def check_folder(settings: EvidenceSettings) -> int:
    """Make the folder if it is missing, write a file and remove it, and look at the free space.

    Returns:
        Free space in bytes.

    Raises:
        EvidenceError: it cannot be made or written, or has too little space.
    """
    write_durably(settings.folder, PROBE, b"traffic")
    try:
        (settings.folder / PROBE).unlink()
        free = shutil.disk_usage(settings.folder).free
    except OSError as error:
        raise unwritable(settings.folder, error) from error
    if free < settings.minimum_free_mb * MEGABYTE:
        raise EvidenceError(
            f"{settings.folder}: expected at least {settings.minimum_free_mb} MB free, got {free // MEGABYTE} MB",
            remedy="free space on the disk, or set evidence.folder to another one",
        )
    return free


def verify_file(folder: Path, file: EvidenceFile) -> None:
    """Hold a picture against its record.

    Raises:
        EvidenceError: it is missing, altered, or the record points out of the folder.
    """
    relative = PurePosixPath(file.path)
    if relative.is_absolute() or ".." in relative.parts:
        raise EvidenceError(f"{file.path}: expected a path inside the evidence folder", remedy="restore the database")
    try:
        data = (folder / relative).read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"{folder / relative}: expected the evidence on record, got: {error.strerror or error}",
            remedy="restore the file from a backup, or correct evidence.folder",
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if (digest, len(data)) != (file.sha256, file.size_bytes):
        raise EvidenceError(
            f"{folder / relative}: expected {file.size_bytes} bytes with SHA-256 {file.sha256}, "
            f"got {len(data)} bytes with {digest}: the file was altered",
            remedy="do not use it as evidence; restore it from a backup",
        )
