"""For whom the limit does not hold, where plates are kept as text and where only their hashes are."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from builders import passage, reading, trajectory

from tests.sections.samples import noon
from traffic.datatypes import Passage, Plate
from traffic.lists.settings import ListSettings
from traffic.sections import exemptions as asked
from traffic.sections.exemptions import PERHAPS, Exemptions, exemptions_of

RULE = "section_speeding:bridge"
BY_LIST = "exempt by list brigade"


def hash_of(plate: str) -> str:
    return f"hash of {plate}"


def brigade(folder: Path, lines: str, **changes: object) -> ListSettings:
    path = folder / "brigade.csv"
    path.write_text(lines)
    values: dict[str, object] = {"name": "brigade", "kind": "allow", "file": path, "exempts": [RULE]}
    return ListSettings.model_validate(values | changes)


def read(plate: str) -> Passage:
    told = Plate(plate, 0.97, 5, reading(plate), "ru", "1", certain=True)
    return passage(trajectory([(0, 0, 10, 10)] * 3), plate=told)


def hashed(plate: str) -> Passage:
    return replace(read(plate), plate=None, plate_hash=hash_of(plate), plate_certain=True)


def exempting(*lists: ListSettings, formats: tuple[str, ...] = (), key: bool = True) -> Exemptions:
    found = exemptions_of(lists, formats, hash_of if key else None)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["watch", "deny", "allow"])
def test_lists_that_exempt_nobody_are_of_no_account(kind: str, tmp_path: Path) -> None:
    assert exemptions_of([brigade(tmp_path, "A123BC77\n", kind=kind, exempts=[])], (), hash_of) is None
    assert exemptions_of([], (), hash_of) is None


@pytest.mark.parametrize(
    ("story", "lines", "on_text", "on_hash"),
    [
        ("on the list", "A123BC77\n", BY_LIST, BY_LIST),
        ("written with spaces and in Cyrillic", "а 123 вс 77\n", BY_LIST, BY_LIST),
        ("others on the list", "B001BB77\n", None, None),
        ("by a pattern", "A1*\n", BY_LIST, PERHAPS),
        ("patterns of others", "B0*\n", None, PERHAPS),
        ("no longer on it", "A123BC77,,,2026-05-01\n", None, None),
        ("a pattern no longer on it", "A1*,,,2026-05-01\n", None, None),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_plate_and_its_hash(story: str, lines: str, on_text: str | None, on_hash: str | None, tmp_path: Path) -> None:
    exemptions = exempting(brigade(tmp_path, lines))
    assert exemptions.warning(RULE, read("A123BC77"), noon(0)) == on_text
    assert exemptions.warning(RULE, hashed("A123BC77"), noon(0)) == on_hash


def test_a_list_that_exempts_from_another_rule(tmp_path: Path) -> None:
    exemptions = exempting(brigade(tmp_path, "A123BC77\nB0*\n", exempts=["red_light"]))
    assert exemptions.warning(RULE, hashed("A123BC77"), noon(0)) is None
    assert exemptions.warning(RULE, read("A123BC77"), noon(0)) is None


def test_of_a_hash_nobody_can_tell_the_type_of_plate() -> None:
    exemptions = exempting(formats=("ru 1",))
    assert exemptions.warning(RULE, hashed("A123BC77"), noon(0)) == PERHAPS
    assert exemptions.warning(RULE, read("A123BC77"), noon(0)) == "exempt by plate format ru 1"


def test_without_the_key_nobody_can_tell_who_is_on_the_list(tmp_path: Path) -> None:
    exemptions = exempting(brigade(tmp_path, "B001BB77\n"), key=False)
    assert exemptions.warning(RULE, hashed("A123BC77"), noon(0)) == PERHAPS


def test_a_changed_list_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = brigade(tmp_path, "B001BB77\n")
    now_s = iter(range(0, 1000, 2))
    monkeypatch.setattr(asked.time, "monotonic", lambda: next(now_s))
    exemptions = exempting(settings)
    told = [exemptions.warning(RULE, hashed("A123BC77"), noon(0))]
    settings.file.write_text("A123BC77\n")
    os.utime(settings.file, (1, 1))
    told += [exemptions.warning(RULE, hashed("A123BC77"), noon(0)) for _ in range(3)]
    settings.file.write_text("not a plate: ???\n")
    told += [exemptions.warning(RULE, hashed("A123BC77"), noon(0)) for _ in range(3)]
    assert (told[0], told[3], told[-1]) == (None, BY_LIST, BY_LIST)
