"""Hashes as the recorder makes them, or a remark."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic.cli.plate_key import plate_hash_of
from traffic.config import Config
from traffic.privacy.key import make_key, read_key
from traffic.privacy.plate_hash import PlateHasher
from traffic.privacy.settings import PrivacySettings


class PrivateConfig(Config):
    privacy: PrivacySettings


def config(key_file: Path | None) -> Config:
    camera = {"id": "north", "source": {"kind": "file", "path": "road.mp4"}}
    return PrivateConfig.model_validate({"cameras": [camera], "privacy": {"key_file": key_file}})


def test_with_the_configured_key(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    hash_of = plate_hash_of(config(tmp_path / "key"))
    assert hash_of is not None
    assert hash_of("A123BC77") == PlateHasher(read_key(tmp_path / "key"))("A123BC77")


def test_without_a_key() -> None:
    assert plate_hash_of(config(None)) is None


def test_a_key_that_cannot_be_read_is_remarked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plate_hash_of(config(tmp_path / "absent")) is None
    assert "only the hash is kept are not found" in capsys.readouterr().err
