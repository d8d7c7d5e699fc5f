"""Evidence held against its record."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from pathlib import Path

import pytest

from traffic.cli.evidence import evidence_of, evidence_text, require_intact
from traffic.errors import EvidenceError
from traffic.evidence.settings import EvidenceSettings
from traffic.store.tables import ViolationRow

BYTES = b"a picture"


def violation(path: str = "north/a.jpg") -> ViolationRow:
    return ViolationRow(
        violation_id="v",
        camera_id="north",
        rule="speeding",
        occurred_at=datetime(2026, 5, 4, tzinfo=timezone.utc),
        pts_ns=0,
        facts=(),
        evidence_path=path,
        evidence_sha256=hashlib.sha256(BYTES).hexdigest(),
        evidence_size_bytes=len(BYTES),
    )


@pytest.mark.parametrize(
    ("on_disk", "intact", "said"),
    [
        (BYTES, True, "intact"),
        (b"a pictura", False, "NOT INTACT"),
        (b"", False, "NOT INTACT"),
        (None, False, "NOT INTACT"),
    ],
)
def test_a_picture_is_what_was_recorded_or_not(tmp_path: Path, on_disk: bytes | None, intact: bool, said: str) -> None:
    if on_disk is not None:
        (tmp_path / "north").mkdir()
        (tmp_path / "north/a.jpg").write_bytes(on_disk)

    state = evidence_of(violation(), EvidenceSettings(folder=tmp_path))

    assert (state.intact, state.problem == "") == (intact, intact)
    assert evidence_text(state) == f"{tmp_path}/north/a.jpg (speeding): {said}"


def test_a_record_cannot_point_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(BYTES)

    assert not evidence_of(violation("../secret"), EvidenceSettings(folder=tmp_path / "evidence")).intact


def test_all_that_is_not_intact_is_told_together(tmp_path: Path) -> None:
    states = [evidence_of(violation(path), EvidenceSettings(folder=tmp_path)) for path in ("a.jpg", "b.jpg")]

    with pytest.raises(EvidenceError, match=r"(?s)a\.jpg.*b\.jpg"):
        require_intact(states)


def test_nothing_to_hold_against_anything_is_fine() -> None:
    require_intact([])
