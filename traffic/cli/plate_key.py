"""The key with which plates are hashed, where this user may read it."""

from __future__ import annotations

from collections.abc import Callable

from traffic.cli.output import remark
from traffic.config import Config
from traffic.errors import ConfigError
from traffic.privacy.plate_hash import hasher_of


def plate_hash_of(config: Config) -> Callable[[str], str] | None:
    """Hashes a plate as the recorder does; None where no key is configured, or where it cannot be read, and says so."""
    try:
        return hasher_of(config.privacy.key_file)
    except ConfigError as error:
        remark(f"Plates of which only the hash is kept are not found: {error.problem}.")
        return None
