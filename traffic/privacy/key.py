"""The secret key of the plate hashes: a file that its owner alone can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from traffic.errors import ConfigError

SMALLEST_BYTES = 32
MAKE = "traffic privacy make-key"


def make_key(path: Path) -> None:
    """Write a new random key of 256 bits, as 64 hexadecimal digits, into a file of mode 600.

    Raises:
        ConfigError: there is a file already, or none can be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigError(
            f"{path}: expected no file there, but there is one, and hashes made with it are lost without it",
            remedy="name another file, or move this one away by hand",
        ) from error
    except OSError as error:
        raise ConfigError(f"{path}: expected to write a key there, got: {error.strerror or error}") from error
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)  # whatever the umask took away
        file.write(secrets.token_hex(SMALLEST_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """The key: the file's bytes without the line break at their end.

    Raises:
        ConfigError: it is missing, too short, or others than its owner can read or change it.
    """
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            key = file.read().rstrip(b"\r\n")
    except OSError as error:
        raise ConfigError(
            f"privacy.key_file {path}: expected a key, got: {error.strerror or error}",
            remedy=f"put the key there, or make one: {MAKE} {path}",
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"privacy.key_file {path}: expected mode 600, got {mode:o}: others than its owner can reach it",
            remedy=f"chmod 600 {path}, and make another key if somebody may have read this one",
        )
    if len(key) < SMALLEST_BYTES:
        raise ConfigError(
            f"privacy.key_file {path}: expected a key of at least {SMALLEST_BYTES} bytes, got {len(key)}",
            remedy=f"make one: {MAKE} FILE",
        )
    return key
