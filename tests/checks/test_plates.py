"""What a check of everything about plates finds, on real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from traffic.checks.plates import check_consensus, check_lists, check_privacy, check_sections
from traffic.config import CameraSettings
from traffic.lists.settings import ListSettings
from traffic.plates.reader import PlateSettings
from traffic.privacy.key import make_key
from traffic.privacy.settings import PrivacySettings
from traffic.sections.settings import SectionSettings

BRIDGE = {"name": "bridge", "entry": "a", "exit": "b", "distance_m": 900, "distance_error_m": 1, "limit_kmh": 60}


def test_no_figures_are_needed_for_a_consensus() -> None:
    result = check_consensus(PlateSettings(consensus=None, countries=("ru", "kz")))
    assert (result.level, result.message) == ("ok", "not fitted to anything; plates of ru, kz")


def test_figures_that_are_missing_are_told_by_name(tmp_path: Path) -> None:
    result = check_consensus(PlateSettings(consensus=tmp_path / "none.json"))
    assert result.level == "error"
    assert "none.json" in result.message


def test_the_shipped_figures_fit_the_shipped_reader(tmp_path: Path) -> None:
    engines = Path(__file__).parents[2] / "engines"
    shipped = PlateSettings(consensus=engines / "plate_consensus.json", reader=engines / "plate_reader.yaml")
    assert check_consensus(shipped).level == "ok"


def test_figures_of_another_reader_are_told(tmp_path: Path) -> None:
    engines = Path(__file__).parents[2] / "engines"
    figures = json.loads((engines / "plate_consensus.json").read_text(encoding="utf-8"))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(figures | {"reader_sha256": "0" * 64}), encoding="utf-8")
    result = check_consensus(PlateSettings(consensus=other, reader=engines / "plate_reader.yaml"))
    assert (result.level, "another plate reader" in result.message) == ("warning", True)


@pytest.mark.parametrize(
    ("content", "level", "told"),
    [
        ("plate,note\nA123BC77,stolen\nВ*77,\n", "ok", "2 lines; watch"),
        ("A123BC77,stolen\n", "ok", "1 line; watch"),
        ("plate\nA123BC77\n!!!\n", "error", "3"),
        (None, "error", "stolen.csv"),
    ],
    ids=["two plates, one a pattern", "one plate", "a line that is no plate", "no file"],
)
def test_a_list(tmp_path: Path, content: str | None, level: str, told: str) -> None:
    file = tmp_path / "stolen.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    (result,) = check_lists([ListSettings(name="stolen", kind="watch", file=file)])
    assert (result.name, result.level) == ("list stolen", level)
    assert told in result.message


def test_plates_are_hashed_with_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    key = tmp_path / "plates.key"
    settings = PrivacySettings(plates_without_violation="hash", key_file=key)
    assert check_privacy(settings).level == "error"
    make_key(key)
    assert check_privacy(settings).level == "ok"
    key.chmod(0o644)
    assert check_privacy(settings).level == "error"


def test_what_pictures_hide_is_said() -> None:
    shown = PrivacySettings(blur_others=False, blur_people=False)
    assert check_privacy(shown).message == "plates without a violation: keep; pictures hide nothing"


@pytest.mark.parametrize(
    ("ends", "level"),
    [
        ({}, "ok"),
        ({"entry_line": "stop"}, "ok"),
        ({"entry_line": "start"}, "error"),
        ({"exit_line": "anything"}, "ok"),
    ],
    ids=["no lines", "a line that is drawn", "one that is not", "a line of another box's camera"],
)
def test_a_section_ends_at_lines_that_are_drawn(ends: dict[str, str], level: str) -> None:
    line = {"name": "stop", "points": ((0, 9), (9, 9))}
    here = CameraSettings.model_validate(
        {"id": "a", "source": {"kind": "file", "path": "a.mp4"}, "scene": {"lines": [line]}}
    )
    (result,) = check_sections([SectionSettings.model_validate(BRIDGE | ends)], [here])
    assert (result.name, result.level) == ("section bridge", level)
