"""`traffic sections`, on a record of a car that was too fast, one that was not, and one whose plate was misread."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.cli.project import Project, Traffic
from tests.sections.project import Project as Record
from tests.sections.rows import LINE
from tests.sections.samples import ENTRY, EXIT, passed
from traffic.config import Config
from traffic.privacy.key import make_key, read_key
from traffic.privacy.plate_hash import PlateHasher
from traffic.store.database import open_database, open_for_recording
from traffic.store.lease import sections_lease
from traffic.store.tables import TransitRow

pytestmark = pytest.mark.skipif("sections" not in Config.model_fields, reason="the config has no sections yet")

SECTION = {
    "name": "bridge",
    "entry": ENTRY,
    "exit": EXIT,
    "entry_line": LINE,
    "exit_line": LINE,
    "distance_m": 3000,
    "distance_error_m": 1,
    "limit_kmh": 90,
    "clock_error_s": 0.1,
}
SEEN = [
    *(passed(ENTRY, 0, "A123BC77"), passed(EXIT, 100, "A123BC77")),
    *(passed(ENTRY, 10, "K777KK199"), passed(EXIT, 160, "K777KK199")),
    *(passed(ENTRY, 20, "M001MM77"), passed(EXIT, 120, "H001MM77")),
]

FILTERS: list[tuple[list[object], int]] = [
    ([], 3),
    (["--section", "bridge"], 3),
    (["--since", "2026-05-04T12:02Z"], 2),
    (["--until", "2026-05-04T12:02Z"], 1),
    (["--limit", 1], 1),
]


@pytest.fixture
def road(project: Project) -> Project:
    """The section in the config, its passages on record, nothing matched yet."""
    project.change(sections=[SECTION])
    with open_for_recording(project.database) as engine:
        Record(engine, project.database, project.folder / "data/evidence").arrive(SEEN)
    return project


def listed(traffic: Traffic, project: Project, *filters: object) -> list[dict[str, object]]:
    answer = traffic("sections", "list", "--json", "-c", project.config, *filters)
    assert answer.code == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()]


def test_match_puts_transits_and_violations_on_record_once(traffic: Traffic, road: Project) -> None:
    first = traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    assert (first.code, first.out) == (0, "")
    assert "3 transits, 1 violations recorded" in first.err
    again = traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    assert "0 transits, 0 violations recorded" in again.err

    slow, misread, fast = listed(traffic, road)
    assert (fast["plate"], fast["speed_kmh"], fast["warning"]) == ("A123BC77", 108.0, None)
    assert fast["plate_shown"] == "А 123 ВС 77"
    assert fast["violation_id"] is not None
    assert (slow["plate"], slow["speed_kmh"], slow["violation_id"]) == ("K777KK199", 72.0, None)
    assert (misread["match"], misread["violation_id"]) == ("alike", None)
    rules = traffic("violations", "list", "--json", "--rule", "section_speeding:bridge", "-c", road.config)
    assert [json.loads(line)["violation_id"] for line in rules.out.splitlines()] == [fast["violation_id"]]
    shown = traffic("violations", "show", str(fast["violation_id"]), "-c", road.config)
    assert shown.code == 0, "its evidence is intact"


@pytest.mark.parametrize("exempt", ["a list", "a type of plate"])
def test_who_is_exempt_is_on_record_and_not_fined(exempt: str, traffic: Traffic, road: Project) -> None:
    if exempt == "a list":
        (road.folder / "brigade.csv").write_text("A123BC77\n")
        listed_in = {"name": "brigade", "kind": "allow", "file": "brigade.csv", "exempts": ["section_speeding:bridge"]}
        road.change(lists=[listed_in])
    else:
        road.change(exempt_formats=["ru 1"])
    traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    (fast,) = (each for each in listed(traffic, road) if each["plate"] == "A123BC77")
    assert fast["violation_id"] is None
    assert str(fast["warning"]).startswith("exempt by ")


def test_the_filters(traffic: Traffic, road: Project) -> None:
    traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    for filters, count in FILTERS:
        assert len(listed(traffic, road, *filters)) == count, filters


def test_a_section_that_there_never_was_is_named_with_those_that_there_are(traffic: Traffic, road: Project) -> None:
    answer = traffic("sections", "list", "--section", "nosuch", "-c", road.config)
    assert answer.code == 2
    assert "expected the section nosuch in the config, got bridge" in answer.err
    assert listed(traffic, road, "--section", "bridge") == [], "nothing on record yet"


def test_transits_of_a_section_that_is_no_longer_in_the_config_are_listed(traffic: Traffic, road: Project) -> None:
    traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    road.change(sections=[SECTION | {"name": "tunnel"}])
    assert len(listed(traffic, road, "--section", "bridge")) == 3
    assert listed(traffic, road, "--section", "bridge", "--since", "2026-06-01") == []


def test_hashed_plates_are_fined_beside_a_watch_list(traffic: Traffic, project: Project) -> None:
    make_key(project.folder / "plates.key")
    (project.folder / "wanted.csv").write_text("B001BB77\n")
    project.change(
        sections=[SECTION],
        privacy={"plates_without_violation": "hash", "key_file": "plates.key"},
        lists=[{"name": "wanted", "kind": "watch", "file": "wanted.csv"}],
    )
    plate_hash = PlateHasher(read_key(project.folder / "plates.key"))("A123BC77")
    with open_for_recording(project.database) as engine:
        Record(engine, project.database, project.folder / "data/evidence").arrive(
            passed(camera, at_s, None, plate_hash=plate_hash) for camera, at_s in ((ENTRY, 0), (EXIT, 100))
        )
    answer = traffic("sections", "match", "--since", "2026-05-01", "-c", project.config)
    assert "1 transits, 1 violations recorded" in answer.err


def test_the_table_is_for_people(traffic: Traffic, road: Project) -> None:
    traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    out = traffic("sections", "list", "-c", road.config).out
    for cell in ("bridge", "А 123 ВС 77", "108.0", "100.0", "one character differs"):
        assert cell in out


def test_match_of_a_part(traffic: Traffic, road: Project) -> None:
    traffic("sections", "match", "--since", "2026-05-04T12:00Z", "--until", "2026-05-04T12:02Z", "-c", road.config)
    assert [each["plate"] for each in listed(traffic, road)] == ["A123BC77"]


def test_match_needs_a_beginning_and_a_section_that_there_is(traffic: Traffic, road: Project) -> None:
    assert "--since" in traffic("sections", "match", "-c", road.config).err
    unknown = traffic("sections", "match", "--since", "1d", "--section", "tunnel", "-c", road.config)
    assert unknown.code == 2
    assert "expected the section tunnel in the config, got bridge" in unknown.err


def test_a_config_without_sections(traffic: Traffic, project: Project) -> None:
    answer = traffic("sections", "match", "--since", "1d", "-c", project.config)
    assert answer.code == 2
    assert "docs/sections.md" in answer.err


def test_nothing_on_record(traffic: Traffic, road: Project) -> None:
    answer = traffic("sections", "list", "-c", road.config)
    assert (answer.code, answer.out) == (0, "")
    assert "No transit on record" in answer.err


def test_match_waits_for_its_turn(traffic: Traffic, road: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traffic.cli.sections.BUSY_S", 0.3)
    with open_database(road.database) as engine, sections_lease(engine):
        answer = traffic("sections", "match", "--since", "2026-05-01", "-c", road.config)
    assert answer.code == 1
    assert "another process is matching them" in answer.err


def matched(project: Project) -> int:
    with open_database(project.database) as engine, engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(TransitRow)).scalar_one()


def test_run_follows_until_it_is_stopped(road: Project) -> None:
    command = [sys.executable, "-m", "traffic", "sections", "run", "--look-back", "100000", "-c", str(road.config)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True)
    try:
        give_up = time.monotonic() + 60
        while matched(road) < 3:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < give_up
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        err = process.communicate(timeout=30)[1]
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Following bridge" in err
    assert "3 transits, 1 violations recorded" in err
