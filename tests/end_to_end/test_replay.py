"""The same recording always gives the same record, to the bit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.project import Project, copied
from tests.end_to_end.record import Record, lacking_evidence


@pytest.mark.parametrize("options", [(), ("--synchronous",)], ids=["another run", "one thread for the whole chain"])
def test_a_run_into_a_fresh_database_gives_the_same_rows(
    options: tuple[str, ...], project: Project, undisturbed: Record
) -> None:
    answer = project.run(*options)
    assert answer.code == 0, answer.err
    assert project.record == undisturbed
    assert lacking_evidence(project.database, project.evidence) == []


def test_a_second_run_into_the_same_database_adds_nothing(clip: Project, undisturbed: Record, tmp_path: Path) -> None:
    pictures = sorted(clip.evidence.rglob("*"))
    report = clip.run("--json").report
    assert (report["passages"], report["violations"]) == (0, 0)
    assert report["already_recorded"] == len(undisturbed.passages)
    assert clip.record == undisturbed
    assert sorted(clip.evidence.rglob("*")) == pictures


def test_a_second_run_with_other_settings_leaves_the_evidence_on_record_as_it_is(
    clip: Project, undisturbed: Record, tmp_path: Path
) -> None:
    """The same violations, drawn anew, would no longer be the files whose SHA-256 is on record."""
    other = copied(clip, tmp_path / "other")
    (other.folder / "data").symlink_to(clip.folder / "data")
    other.change(evidence={"jpeg_quality": 60})
    answer = other.run()
    assert answer.code == 0, answer.err
    assert clip.record == undisturbed
    assert lacking_evidence(clip.database, clip.evidence) == []


def test_a_camera_beside_it_changes_nothing(project: Project, undisturbed: Record, tmp_path: Path) -> None:
    """Two cameras share the detector's batches, the database and the record stage."""
    (camera,) = project.settings["cameras"]
    beside = copied(project, tmp_path / "beside")
    beside.change(cameras=[camera, camera | {"id": "second"}])
    answer = beside.run()
    assert answer.code == 0, answer.err
    passages = [row for row in beside.record.passages if row[1] == "simulated"]
    violations = [row for row in beside.record.violations if row[2] == "simulated"]
    assert (tuple(passages), tuple(violations)) == (undisturbed.passages, undisturbed.violations)
    assert len(beside.record.passages) == 2 * len(undisturbed.passages)
