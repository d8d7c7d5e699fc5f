import os
import stat

import pytest

from traffic.errors import ConfigError
from traffic.privacy.key import make_key, read_key


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plates.key"


def write(path, content, mode=0o600):
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_made_key_is_its_owners_alone_and_can_be_read(path):
    make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(read_key(path).decode())) == 32


def test_no_two_keys_are_the_same(tmp_path):
    keys = set()
    for name in "abc":
        make_key(tmp_path / name)
        keys.add(read_key(tmp_path / name))
    assert len(keys) == 3


def test_a_generous_umask_does_not_open_it(path):
    before = os.umask(0)
    try:
        make_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_is_there_is_never_written_over(path):
    write(path, b"k" * 32)
    with pytest.raises(ConfigError, match="there is one"):
        make_key(path)
    assert read_key(path) == b"k" * 32


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        make_key(tmp_path / "none" / "plates.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_key_that_others_reach_is_refused(path, mode):
    with pytest.raises(ConfigError, match=f"expected mode 600, got {mode:o}"):
        read_key(write(path, b"k" * 32, mode))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_its_owner_may_read_it(path, mode):
    assert read_key(write(path, b"k" * 32 + b"\n", mode)) == b"k" * 32


@pytest.mark.parametrize("content", [b"", b"short\n", b"k" * 31 + b"\n"])
def test_a_short_key_is_refused(path, content):
    with pytest.raises(ConfigError, match="at least 32 bytes"):
        read_key(write(path, content))


def test_a_missing_key_tells_how_to_make_one(path):
    with pytest.raises(ConfigError, match="make-key"):
        read_key(path)


def test_the_key_itself_is_in_no_message(path):
    with pytest.raises(ConfigError) as error:
        read_key(write(path, b"topsecret"))
    assert "topsecret" not in str(error.value)
