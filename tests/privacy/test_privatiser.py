"""Whose plates are kept, and that nothing of the others' is left anywhere."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import STARTED_AT, case, passage, reading

from traffic.datatypes import ListHit, Plate, PlateAlternative, Violation
from traffic.errors import ConfigError
from traffic.privacy.plate_hash import PlateHasher
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.settings import PrivacySettings

KEY = b"0123456789abcdef0123456789abcdef"
TEXT = "A123BC77"
PLATE = Plate(TEXT, 0.9, 3, reading(TEXT), "ru", "1", True, (PlateAlternative("A128BC77", 0.05),))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "plates.key"
    path.write_bytes(KEY)
    path.chmod(0o600)
    return path


@pytest.fixture
def privatiser(key_file):
    def make(mode, **rest):
        return Privatiser(PrivacySettings(plates_without_violation=mode, key_file=key_file, **rest))

    return make


def seen(*, violation=False, hits=(), plate=PLATE):
    of = case(passage(plate=plate))
    broken = Violation("v", of.passage.passage_id, "north", "speeding", 0, STARTED_AT, ())
    return replace(of, violations=(broken,) if violation else (), hits=tuple(hits))


def hit(kind, entry=TEXT, match="exact"):
    return ListHit(f"list_of_{kind}", kind, entry, match, "Ivanov, Lenina 5")


@pytest.mark.parametrize(
    ("what", "mode", "of", "text", "hashed"),
    [
        ("nothing broken", "keep", seen(), TEXT, False),
        ("nothing broken", "hash", seen(), None, True),
        ("nothing broken", "drop", seen(), None, False),
        ("a violation", "hash", seen(violation=True), TEXT, False),
        ("a violation", "drop", seen(violation=True), TEXT, False),
        ("stolen", "hash", seen(hits=[hit("watch")]), TEXT, False),
        ("not welcome", "drop", seen(hits=[hit("deny")]), TEXT, False),
        ("of the house", "hash", seen(hits=[hit("allow")]), None, True),
        ("of the house", "drop", seen(hits=[hit("allow")]), None, False),
        ("of the house, and not welcome", "hash", seen(hits=[hit("allow"), hit("deny")]), TEXT, False),
        ("a pattern of the watched", "hash", seen(hits=[hit("watch", "A1*", "pattern")]), TEXT, False),
        ("but alike a stolen one", "hash", seen(hits=[hit("watch", "A128BC77", "alike")]), None, True),
        (
            "but alike one, and on another list",
            "drop",
            seen(hits=[hit("watch", match="alike"), hit("deny")]),
            TEXT,
            False,
        ),
        ("no plate read", "hash", seen(plate=None), None, False),
    ],
)
def test_what_is_kept(privatiser, what, mode, of, text, hashed):
    kept = privatiser(mode).case(of).passage
    assert (kept.plate and kept.plate.text) == text
    assert kept.plate_hash == (PlateHasher(KEY)(TEXT) if hashed else None)


@pytest.mark.parametrize(
    ("mode", "certain", "told"),
    [("hash", True, True), ("hash", False, False), ("drop", True, None), ("keep", True, None)],
)
def test_a_hash_is_told_to_be_of_a_certain_plate(privatiser, mode, certain, told):
    kept = privatiser(mode).case(seen(plate=replace(PLATE, certain=certain))).passage
    assert kept.plate_certain is told


@pytest.mark.parametrize(("kinds", "text"), [((), None), (("allow",), TEXT), (("watch",), None)])
def test_the_config_says_which_lists_keep_plates(privatiser, kinds, text):
    kept = privatiser("hash", keep_plates_on=kinds).case(seen(hits=[hit("allow")])).passage
    assert (kept.plate and kept.plate.text) == text


def test_the_config_says_that_alike_plates_are_kept(privatiser):
    alike = seen(hits=[hit("watch", "A128BC77", "alike")])
    kept = privatiser("hash", keep_alike_plates=True).case(alike)
    assert (kept.passage.plate and kept.passage.plate.text, kept.hits) == (TEXT, alike.hits)


def test_a_hit_on_an_alike_plate_tells_the_list_and_no_plate(privatiser):
    (told,) = privatiser("hash").case(seen(hits=[hit("watch", "A128BC77", "alike")])).hits
    assert (told.list_name, told.match, told.entry, told.note) == (
        "list_of_watch",
        "alike",
        PlateHasher(KEY)("A128BC77"),
        "",
    )


def test_a_kept_case_is_not_copied(privatiser):
    of = seen(violation=True)
    assert privatiser("hash").case(of) is of


@pytest.mark.parametrize("mode", ["hash", "drop"])
def test_nothing_of_the_plate_is_left_in_the_case(privatiser, mode):
    kept = privatiser(mode).case(seen(hits=[hit("allow"), hit("allow", "A12*")]))
    told = repr(replace(kept, shot=None)) + repr(kept.hits)
    assert not any(part in told for part in ("A123", "A128", "123BC", "A12*", "Ivanov"))
    assert len(kept.hits) == 2


def test_hits_of_a_hashed_plate_are_told_apart(privatiser):
    kept = privatiser("hash").case(seen(hits=[hit("allow"), hit("allow", "A12*")]))
    assert kept.hits[0].entry == kept.passage.plate_hash != kept.hits[1].entry


def test_without_its_key_it_does_not_start(tmp_path):
    with pytest.raises(ConfigError, match="make-key"):
        Privatiser(PrivacySettings(plates_without_violation="hash", key_file=tmp_path / "none"))


def test_the_key_is_not_read_where_nothing_is_hashed(tmp_path):
    Privatiser(PrivacySettings(plates_without_violation="drop", key_file=tmp_path / "none"))
