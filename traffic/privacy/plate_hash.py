"""A plate as a number that tells nothing without the key.

HMAC (RFC 2104) with SHA-256. Without the key a plate cannot be had from its hash, not even by trying all plates: an
unkeyed hash of so few texts is reversed in seconds. Who has the key can try them all, so it is kept as the plates were.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from traffic.plates.display import canonical_text
from traffic.privacy.key import read_key

DOMAIN = b"traffic/plate/1\0"
"""Begins every message, so that the same key, used for something else, gives other numbers."""


class PlateHasher:
    """Hashes plates with one key; equal plates give equal hashes.

    Args:
        key: of at least 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, text: str) -> str:
        """64 hexadecimal digits of a plate in either alphabet, spaced or not."""
        return hmac.new(self._key, DOMAIN + canonical_text(text).encode(), hashlib.sha256).hexdigest()


def hasher_of(key_file: Path | None) -> PlateHasher | None:
    """For who looks for hashed plates: None where the config names no key.

    Raises:
        ConfigError: the key is missing, too short or open to others.
    """
    return None if key_file is None else PlateHasher(read_key(key_file))
