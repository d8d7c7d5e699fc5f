"""Pictures of everybody go once no section needs them, those of violations stay."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.sections.project import Project, with_lines
from tests.sections.rows import record
from tests.sections.samples import ENTRY, EXIT, noon, passed
from traffic.errors import EvidenceError
from traffic.evidence.passage_picture import write_jpeg
from traffic.sections import pruning
from traffic.sections.pruning import MARGIN, PicturePruner, Pruned, prune_pictures
from traffic.store.database import open_for_recording, upgrade
from traffic.store.queries import RecordFilter, list_passages
from traffic.store.settings import DatabaseSettings

NEEDED_S = 600 + 300 + MARGIN.total_seconds()
"""Of the section in tests/sections/samples.py."""
FAST, SLOW, ALONE = "A123BC77", "B001OP199", "C777TT77"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path}/t.db")
    upgrade(settings)
    with open_for_recording(settings) as engine:
        yield Project(engine, settings, tmp_path / "evidence")


def arrive(project: Project, camera: str, at_s: float, plate: str) -> Path:
    """A passage with its picture, both of that moment, where the recorder would put it."""
    seen = project.pictured(passed(camera, at_s, plate))
    assert seen.picture is not None
    path = f"{camera}/2026-05-04/passages/{seen.passage_id}.jpg"
    (project.folder / path).parent.mkdir(parents=True, exist_ok=True)
    (project.folder / seen.picture.path).rename(project.folder / path)
    record(project.engine, project.database, [replace(seen, picture=replace(seen.picture, path=path))])
    touch(project.folder / path, noon(at_s))
    return project.folder / path


def touch(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def prune(project: Project, after_s: float) -> Pruned:
    return prune_pictures(project.engine, project.evidence, [with_lines()], noon(after_s))


def recorded(project: Project) -> set[str]:
    rows = list_passages(project.engine, RecordFilter())
    return {row.picture_path for row in rows if row.picture_path is not None}


def pictures(project: Project) -> set[str]:
    return {path.relative_to(project.folder).as_posix() for path in project.folder.rglob("passages/*.jpg")}


def test_only_those_of_violations_stay_on_disk_and_on_record(project: Project) -> None:
    fast = [arrive(project, ENTRY, 0, FAST), arrive(project, EXIT, 80, FAST)]
    for camera, at_s, plate in [(ENTRY, 10, SLOW), (EXIT, 210, SLOW), (ENTRY, 20, ALONE), (EXIT, 90, "K555KK55")]:
        arrive(project, camera, at_s, plate)
    assert project.keep().violations == 1

    assert prune(project, 2 * NEEDED_S) == Pruned(pictures=4)

    kept = {path.relative_to(project.folder).as_posix() for path in fast}
    assert (pictures(project), recorded(project)) == (kept, kept)
    assert prune(project, 3 * NEEDED_S) == Pruned()
    assert len(list_passages(project.engine, RecordFilter())) == 6
    assert project.keep().violations == 0


@pytest.mark.parametrize(("after_s", "gone"), [(NEEDED_S, 0), (NEEDED_S + 10, 1)], ids=["still needed", "no more"])
def test_what_a_section_may_still_need_stays(project: Project, after_s: float, gone: int) -> None:
    arrive(project, ENTRY, 0, ALONE)
    assert prune(project, after_s) == Pruned(pictures=gone)
    assert len(pictures(project)) == len(recorded(project)) == 1 - gone


def test_the_section_that_needs_it_longest_counts(project: Project) -> None:
    arrive(project, ENTRY, 0, ALONE)
    long = with_lines(name="long", lateness_s=9_000.0)
    now = noon(2 * NEEDED_S)
    assert prune_pictures(project.engine, project.evidence, [with_lines(), long], now) == Pruned()
    assert prune_pictures(project.engine, project.evidence, [with_lines()], now) == Pruned(pictures=1)


def test_the_recording_of_an_old_day_is_kept_as_long_as_if_it_were_of_today(project: Project) -> None:
    path = arrive(project, ENTRY, 0, ALONE)
    touch(path, noon(10 * NEEDED_S))
    assert prune(project, 10 * NEEDED_S + 60) == Pruned()
    assert prune(project, 11 * NEEDED_S + 60) == Pruned(pictures=1)


def test_cameras_of_no_section_are_left_alone(project: Project) -> None:
    path = arrive(project, "north", 0, ALONE)
    assert prune(project, 2 * NEEDED_S) == Pruned()
    assert path.exists()


def test_a_picture_that_another_box_has_stays_on_record(project: Project) -> None:
    arrive(project, ENTRY, 0, ALONE).unlink()
    assert prune(project, 2 * NEEDED_S) == Pruned()
    assert len(recorded(project)) == 1


def test_a_row_that_points_out_of_the_folder_deletes_nothing(project: Project) -> None:
    file = project.folder.parent / "mine.jpg"
    seen = project.pictured(passed(ENTRY, 0, ALONE))
    assert seen.picture is not None
    (project.folder / seen.picture.path).rename(file)
    touch(file, noon(0))
    record(project.engine, project.database, [replace(seen, picture=replace(seen.picture, path="../mine.jpg"))])
    prune(project, 2 * NEEDED_S)
    assert file.exists()


def test_killed_between_row_and_file_the_next_one_ends_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(project, ENTRY, 0, ALONE)

    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pruning, "_delete", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(project, 2 * NEEDED_S)
    assert (len(pictures(project)), recorded(project)) == (1, set())

    assert prune(project, 2 * NEEDED_S) == Pruned(pictures=1, leftovers=1)
    assert pictures(project) == set()


def test_a_young_file_without_a_row_waits_for_its_recorder(project: Project) -> None:
    path = project.folder / ENTRY / "2026-05-04/passages/p.jpg"
    write_jpeg(project.evidence, path.relative_to(project.folder).as_posix(), np.zeros((8, 8, 3), np.uint8))
    touch(path, noon(0))
    assert prune(project, NEEDED_S - 10) == Pruned()
    assert prune(project, NEEDED_S + 10) == Pruned(pictures=1, leftovers=1)


def test_a_folder_that_cannot_be_written_is_told(project: Project) -> None:
    path = arrive(project, ENTRY, 0, ALONE)
    path.unlink()
    path.mkdir()
    touch(path, noon(0))
    with pytest.raises(EvidenceError, match="no longer needed"):
        prune(project, 2 * NEEDED_S)


def test_it_is_done_once_an_hour(project: Project) -> None:
    pruner = PicturePruner(project.engine, project.evidence, [with_lines()])
    now = noon(2 * NEEDED_S)
    assert pruner.step(now) == Pruned()
    arrive(project, ENTRY, 0, ALONE)
    assert pruner.step(now + timedelta(minutes=59)) == Pruned()
    assert pruner.step(now + timedelta(minutes=61)) == Pruned(pictures=1)
