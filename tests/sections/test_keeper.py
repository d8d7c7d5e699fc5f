"""Passages come to the record, and what section control makes of them; what the database decides, on both of them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.sections.busy_day import busy_day
from tests.sections.project import Project, with_lines
from tests.sections.rows import record
from tests.sections.samples import ENTRY, EXIT, noon, passed
from traffic.datatypes import EvidenceFile
from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.lists.settings import ListSettings
from traffic.sections import doubts
from traffic.sections.exemptions import exemptions_of
from traffic.sections.keeper import Kept, SectionKeeper
from traffic.sections.passage import SectionPassage
from traffic.sections.plan import CONTRADICTED, NO_PICTURE, WITHDRAWN
from traffic.store.database import open_for_recording
from traffic.store.queries import RecordFilter, list_violations
from traffic.store.settings import DatabaseSettings

IN, OUT = ENTRY, EXIT
HASH = "ab" * 32
FAST = [passed(IN, 0), passed(OUT, 100)]
SLOW = [passed(IN, 0), passed(OUT, 150)]


def test_a_vehicle_that_keeps_the_limit_is_a_transit(small: Project) -> None:
    small.arrive(SLOW)
    assert small.keep() == Kept(1, 0, 0)
    assert small.transits == [(0, 150, None, False)]
    (event,) = small.events
    assert (event["event"], event["state"], event["speed_kmh"]) == ("transit", "recorded", 72.0)


def test_one_that_does_not_is_a_violation_with_evidence(project: Project) -> None:
    project.arrive(FAST)
    assert project.keep() == Kept(1, 1, 0)
    assert project.transits == [(0, 100, None, True)]
    (row,) = list_violations(project.engine, RecordFilter(rule="section_speeding:bridge"))
    assert (row.passage_id, row.camera_id, row.occurred_at) == (FAST[1].passage_id, OUT, noon(100))
    verify_file(project.folder, EvidenceFile(row.evidence_path, row.evidence_sha256, row.evidence_size_bytes))
    transit, violation = project.events
    assert violation["event"] == "violation"
    assert transit["violation_id"] == violation["violation_id"] == row.violation_id
    assert violation["plate"]["text"] == "A123BC77"  # type: ignore[index]
    assert violation["evidence"]["sha256"] == row.evidence_sha256  # type: ignore[index]
    facts = {fact["name"]: fact["value"] for fact in violation["facts"]}  # type: ignore[union-attr]
    assert (facts["average_speed"], facts["limit"], facts["duration"]) == (108.0, 90.0, 100.0)


def test_one_of_whose_certain_plate_only_the_hash_is_kept_is_fined_too(project: Project) -> None:
    project.arrive([passed(IN, 0, None, plate_hash=HASH), passed(OUT, 100, None, plate_hash=HASH)])
    assert project.keep() == Kept(1, 1, 0)
    transit, violation = project.events
    assert (transit["match"], transit["plate_text"], transit["plate_hash"]) == ("hash", None, HASH)
    assert (violation["plate"], violation["plate_hash"]) == (None, HASH)


def test_nothing_is_said_before_it_is_settled(small: Project) -> None:
    small.arrive(FAST)
    assert small.keep(435) == Kept()
    assert (small.transits, small.events) == ([], [])
    assert small.keep(436) == Kept(1, 1, 0)


def test_doing_it_again_changes_nothing(project: Project) -> None:
    project.arrive([*FAST, passed(IN, 300, "M123BC77"), passed(OUT, 400, "H123BC77")])
    project.keep()
    before = project.on_record
    assert project.keep() == Kept()
    assert project.on_record == before


@pytest.mark.parametrize(
    ("story", "seen", "warning"),
    [
        ("misread by one character", [passed(IN, 0, "M123BC77"), passed(OUT, 60, "H123BC77")], "one character differs"),
        ("not certain", [passed(IN, 0), passed(OUT, 60, certain=False)], doubts.UNCERTAIN_EXIT),
        (
            "hashed, and not certain",
            [passed(IN, 0, None, plate_hash=HASH), passed(OUT, 60, None, plate_hash=HASH, certain=False)],
            doubts.UNCERTAIN_EXIT,
        ),
        ("impossible", [passed(IN, 0), passed(OUT, 30)], doubts.TOO_FAST),
        ("two with one plate", [passed(IN, 0), passed(IN, 1), passed(OUT, 60)], doubts.ENTERED_TWICE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_in_doubt_is_never_fined(story: str, seen: list[SectionPassage], warning: str, small: Project) -> None:
    small.arrive(seen)
    assert small.keep() == Kept(1, 0, 0)
    ((_, _, told, fined),) = small.transits
    assert told is not None
    assert warning in told
    assert not fined


def test_who_is_exempt_is_not_fined(small: Project, tmp_path: Path) -> None:
    (tmp_path / "brigade.csv").write_text("A001AA77\n")
    rule = "section_speeding:bridge"
    brigade = ListSettings(name="fire_brigade", kind="allow", file=tmp_path / "brigade.csv", exempts=(rule,))
    exemptions = exemptions_of([brigade], (), None)
    small.arrive(
        [passed(camera, at_s, plate) for plate in ("A001AA77", "A002AA77") for camera, at_s in ((IN, 0), (OUT, 100))]
    )
    keeper = SectionKeeper(small.engine, with_lines(), replace(small.settings, exemptions=exemptions))
    assert keeper.keep(noon(-9999), noon(9999), noon(9999)) == Kept(2, 1, 0)
    assert sorted(warning or "" for _, _, warning, _ in small.transits) == ["", "exempt by list fire_brigade"]
    nobody = SectionKeeper(small.engine, with_lines(), small.settings)
    assert nobody.keep(noon(-9999), noon(9999), noon(9999)) == Kept(), "who was exempt stays so"


def test_hashed_plates_are_fined_but_for_those_on_an_exempting_list(small: Project, tmp_path: Path) -> None:
    def hash_of(plate: str) -> str:
        return hashlib.sha256(plate.encode()).hexdigest()

    (tmp_path / "brigade.csv").write_text("A001AA77\n")
    brigade = ListSettings(name="fire_brigade", kind="allow", file=tmp_path / "brigade.csv", exempts="all")
    settings = replace(small.settings, hash_of=hash_of, exemptions=exemptions_of([brigade], (), hash_of))
    small.arrive(
        [
            passed(camera, at_s, None, plate_hash=hash_of(plate))
            for plate in ("A001AA77", "A002AA77")
            for camera, at_s in ((IN, 0), (OUT, 100))
        ]
    )
    keeper = SectionKeeper(small.engine, with_lines(), settings)
    assert keeper.keep(noon(-9999), noon(9999), noon(9999)) == Kept(2, 1, 0)
    told = sorted((warning or "", fined) for _, _, warning, fined in small.transits)
    assert told == [("", True), ("exempt by list fire_brigade", False)]


@pytest.mark.parametrize("lost", ["never kept", "gone", "altered"])
def test_no_picture_no_violation_until_it_is_there(lost: str, small: Project) -> None:
    entry, exit_ = (small.pictured(each) for each in FAST)
    assert entry.picture is not None
    path = small.folder / entry.picture.path
    kept = path.read_bytes()
    if lost == "never kept":
        entry = replace(entry, picture=None)
    elif lost == "gone":
        path.unlink()
    else:
        path.write_bytes(b"x" + kept[1:])
    record(small.engine, small.database, [entry, exit_])

    with capture_logs() as logs:
        assert small.keep() == Kept(1, 0, 0)
        assert small.transits == [(0, 100, NO_PICTURE, False)]
        assert small.keep() == small.keep() == Kept()
    assert [log["event"] for log in logs] == ["no_evidence"], "told once"
    path.write_bytes(kept)
    if lost != "never kept":
        assert small.keep() == Kept(0, 1, 1)
        assert small.transits == [(0, 100, None, True)]
        assert [event.get("state", event["event"]) for event in small.events] == [
            "recorded",
            "corrected",
            "violation",
        ]


def test_evidence_that_cannot_be_written_puts_nothing_on_record(small: Project) -> None:
    small.arrive(FAST)
    blocked = small.folder / EXIT / "2026-05-04"
    blocked.write_text("a file in the folder's place")
    with pytest.raises(EvidenceError, match="expected to write evidence"):
        small.keep()
    assert small.transits == []
    blocked.unlink()
    assert small.keep() == Kept(1, 1, 0)


def test_a_box_that_was_offline_for_days(small: Project) -> None:
    small.arrive([passed(OUT, 150)])
    assert small.keep(200_000) == Kept()
    small.arrive([passed(IN, 0)])
    assert small.keep(300_000) == Kept(1, 0, 0)
    assert small.transits == [(0, 150, None, False)]


def test_an_entry_that_comes_too_late_takes_the_place_of_another(project: Project) -> None:
    project.arrive(SLOW)
    project.keep()
    project.arrive([passed(IN, 10)])
    assert project.keep() == Kept(1, 0, 1)
    assert project.transits == [(10, 150, doubts.ENTERED_TWICE, False)]
    states = [(event["state"], event["warning"]) for event in project.events]
    assert states == [("recorded", None), ("withdrawn", WITHDRAWN), ("recorded", doubts.ENTERED_TWICE)]


def test_a_violation_that_was_issued_stays_and_is_told_to_be_in_doubt(project: Project) -> None:
    project.arrive(FAST)
    project.keep()
    project.arrive([passed(IN, 10)])
    assert project.keep() == Kept(0, 0, 1)
    assert project.transits == [(0, 100, CONTRADICTED, True)]
    assert project.keep() == Kept()
    last = project.events[-1]
    assert (last["state"], last["warning"]) == ("corrected", CONTRADICTED)
    assert last["violation_id"] is not None
    assert len(list_violations(project.engine, RecordFilter())) == 1


def test_a_transit_that_is_right_after_all_is_told_again(project: Project) -> None:
    """Withdrawn for a nearer entry, and back when an earlier exit takes that one."""
    project.arrive(SLOW)
    project.keep()
    project.arrive([passed(IN, 10)])
    project.keep()
    project.arrive([passed(OUT, 145)])
    project.keep()
    assert [(entry, exit_) for entry, exit_, _, _ in project.transits] == [(10, 145), (0, 150)]
    told = [event for event in project.events if event["duration_s"] == 150]
    assert [event["state"] for event in told] == ["recorded", "withdrawn", "corrected"]
    assert len({event["event_id"] for event in project.events}) == len(project.events)


def test_a_doubt_that_comes_goes_and_comes_again_is_told_each_time(small: Project) -> None:
    """An earlier entry raises it, an exit of its own settles it, and another entry raises it anew."""
    small.arrive(SLOW)
    small.keep()
    for late in (passed(IN, -200), passed(OUT, -100), passed(IN, -250)):
        small.arrive([late])
        assert small.keep().corrected > 0
    told = [(event["state"], event["warning"]) for event in small.events if event.get("duration_s") == 150]
    doubted = ("corrected", doubts.ENTERED_TWICE)
    assert told == [("recorded", None), doubted, ("corrected", None), doubted]
    assert len({event["event_id"] for event in small.events}) == len(small.events)


def test_a_transit_that_is_withdrawn_twice_is_told_twice(small: Project) -> None:
    small.arrive(SLOW)
    small.keep()
    for late in (passed(IN, 10), passed(OUT, 145), passed(OUT, 140, name="another"), passed(IN, 20)):
        small.arrive([late])
        small.keep()
    told = [event["state"] for event in small.events if event.get("duration_s") == 150]
    assert told == ["recorded", "withdrawn", "corrected", "withdrawn", "corrected"]
    assert len({event["event_id"] for event in small.events}) == len(small.events)


def test_what_left_before_the_section_was_in_force_is_not_looked_at(small: Project) -> None:
    small.arrive([*FAST, passed(IN, 1000), passed(OUT, 1100)])
    keeper = small.keeper(with_lines(since=noon(500)))
    assert keeper.keep(noon(-10_000), noon(10_000), noon(100_000)) == Kept(1, 1, 0)
    assert keeper.keep(noon(-10_000), noon(400), noon(100_000)) == Kept()
    assert [left for _, left, _, _ in small.transits] == [1100]


def test_a_lower_limit_does_not_fine_what_was_judged_before(small: Project) -> None:
    small.arrive(SLOW)
    small.keep()
    stricter = small.keeper(with_lines(limit_kmh=50))
    assert stricter.keep(noon(-10_000), noon(10_000), noon(100_000)) == Kept()
    assert small.transits == [(0, 150, None, False)]


def test_batches_that_come_on_time_in_any_order_give_the_same_record_uncorrected(
    project: Project, tmp_path: Path
) -> None:
    chance = random.Random(9)
    arrivals = sorted((each.moment.pts_ns / 1e9 + chance.uniform(0, 300), each) for each in busy_day(20))
    for start in range(0, len(arrivals), 7):
        batch = arrivals[start : start + 7]
        project.arrive([each for _, each in batch])
        assert project.keep(batch[-1][0]).corrected == 0
    assert project.transits, "some were settled before the last had come"
    assert project.keep().corrected == 0
    expected = at_once(tmp_path, busy_day(20))
    assert len(expected[0]) > 12
    assert sum(row[-1] is not None for row in expected[0]) > 3
    assert (project.on_record.transits, project.on_record.violations) == expected


def at_once(folder: Path, seen: list[SectionPassage]) -> tuple[object, object]:
    """What a database of its own has of it when all is there from the beginning."""
    settings = DatabaseSettings(url=f"sqlite:///{folder}/once.db")
    with open_for_recording(settings) as engine:
        once = Project(engine, settings, folder / "once")
        once.arrive(seen)
        once.keep()
        return once.on_record.transits, once.on_record.violations
