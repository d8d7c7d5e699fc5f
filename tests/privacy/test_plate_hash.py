"""The hash is HMAC-SHA-256 as RFC 2104 writes it, of the domain and the canonical plate."""

import hashlib

import pytest

from traffic.privacy.plate_hash import PlateHasher, hasher_of

KEY = bytes(range(32))


def rfc_2104(key, message):
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


def test_it_is_the_published_construction():
    assert PlateHasher(KEY)("A123BC77") == rfc_2104(KEY, b"traffic/plate/1\0A123BC77")


@pytest.mark.parametrize("typed", ["А 123 ВС 77", "a123bc77", " A123 BC77 "])
def test_a_plate_has_one_hash_however_it_is_written(typed):
    assert PlateHasher(KEY)(typed) == PlateHasher(KEY)("A123BC77")


def test_another_plate_or_key_gives_another_hash():
    hashes = {PlateHasher(key)(text) for key in (KEY, KEY[::-1]) for text in ("A123BC77", "A123BC777", "A123BC7")}
    assert len(hashes) == 6


def test_it_fits_the_column():
    assert len(PlateHasher(KEY)("A1")) == 64


def test_it_is_not_the_plain_hash():
    assert PlateHasher(KEY)("A123BC77") != hashlib.sha256(b"A123BC77").hexdigest()


def test_without_a_key_file_there_is_no_hasher():
    assert hasher_of(None) is None


def test_the_key_comes_from_its_file(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(KEY)
    path.chmod(0o600)
    hasher = hasher_of(path)
    assert hasher is not None
    assert hasher("A1") == PlateHasher(KEY)("A1")
