"""`traffic privacy` as it is typed."""

import json
import os
import stat
from dataclasses import replace

import numpy as np
import pytest
from builders import passage, reading

from traffic.datatypes import Plate
from traffic.evidence.passage_picture import write_jpeg
from traffic.evidence.settings import EvidenceSettings
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.settings import PrivacySettings
from traffic.store.database import open_for_recording
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository

TEXT = "A123BC77"


@pytest.fixture
def hashed(traffic, project):
    """A passage of which only the hash of the plate is kept, and one with another plate as text."""
    key = project.folder / "plates.key"
    assert traffic("privacy", "make-key", key).code == 0
    project.change(privacy={"plates_without_violation": "hash", "key_file": "plates.key"})
    privatiser = Privatiser(PrivacySettings(plates_without_violation="hash", key_file=key))
    plain = [
        replace(
            passage(plate=Plate(text, 0.97, 4, reading(text))), passage_id=f"aaaaaaa{n}-0000-4000-8000-000000000000"
        )
        for n, text in enumerate([TEXT, "B001OP199"])
    ]
    with open_for_recording(project.database) as engine:
        Repository(engine, project.database).record(
            [PassageRecord(privatiser.passage(plain[0], (), ())), PassageRecord(plain[1])]
        )
    return project


def test_make_key(traffic, tmp_path):
    answer = traffic("privacy", "make-key", tmp_path / "plates.key")
    assert answer.code == 0
    assert stat.S_IMODE((tmp_path / "plates.key").stat().st_mode) == 0o600
    assert (tmp_path / "plates.key").read_text().strip() not in answer.out + answer.err


SECTION = {
    "name": "bridge",
    "entry": "north",
    "exit": "south",
    "distance_m": 900,
    "distance_error_m": 1,
    "limit_kmh": 60,
}


def test_prune_deletes_what_no_section_needs_any_more(traffic, project):
    project.change(sections=[SECTION])
    folder = project.folder / "evidence"
    project.change(evidence={"folder": "evidence"})
    path = f"north/2026-05-04/passages/{passage().passage_id}.jpg"
    file = write_jpeg(EvidenceSettings(folder=folder), path, np.zeros((8, 8, 3), np.uint8))
    with open_for_recording(project.database) as engine:
        Repository(engine, project.database).record([PassageRecord(passage(), picture=file)])
    assert traffic("privacy", "prune", "-c", project.config).code == 0
    assert (folder / path).exists()
    os.utime(folder / path, (0, 0))
    assert "1 picture deleted" in traffic("privacy", "prune", "-c", project.config).err
    assert not (folder / path).exists()


def test_prune_without_a_section_says_what_to_do(traffic, project):
    answer = traffic("privacy", "prune", "-c", project.config)
    assert answer.code != 0
    assert "write the section" in answer.err


def test_make_key_writes_over_nothing(traffic, tmp_path):
    (tmp_path / "plates.key").write_text("k" * 40)
    answer = traffic("privacy", "make-key", tmp_path / "plates.key")
    assert answer.code != 0
    assert (tmp_path / "plates.key").read_text() == "k" * 40


@pytest.mark.parametrize("typed", [TEXT, "а 123 вс 77"])
def test_who_has_the_key_finds_the_hashed_passage(traffic, hashed, typed):
    answer = traffic("privacy", "find", typed, "-c", hashed.config, "--json")
    (found,) = map(json.loads, answer.out.splitlines())
    assert (found["passage_id"][:8], found["plate"]) == ("aaaaaaa0", None)
    assert "hashed" in traffic("privacy", "find", typed, "-c", hashed.config).out


def test_text_is_found_as_well(traffic, hashed):
    answer = traffic("privacy", "find", "B001OP199", "-c", hashed.config, "--json")
    assert [json.loads(line)["plate"] for line in answer.out.splitlines()] == ["B001OP199"]


def test_with_another_key_nothing_is_found(traffic, hashed):
    (hashed.folder / "plates.key").unlink()
    traffic("privacy", "make-key", hashed.folder / "plates.key")
    assert traffic("privacy", "find", TEXT, "-c", hashed.config).out == ""


def test_the_hash_is_the_one_on_record(traffic, hashed):
    told = traffic("privacy", "hash", TEXT, "-c", hashed.config).out.strip()
    assert len(told) == 64
    assert told.encode() in b"".join(path.read_bytes() for path in hashed.folder.glob("data/traffic.db*"))


def test_without_a_key_in_the_config_the_remedy_is_told(traffic, project):
    answer = traffic("privacy", "hash", TEXT, "-c", project.config)
    assert answer.code != 0
    assert "privacy.key_file" in answer.err
