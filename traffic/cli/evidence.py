"""Whether the evidence of a violation is still what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traffic.datatypes import EvidenceFile
from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.evidence.settings import EvidenceSettings
from traffic.store.tables import ViolationRow


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """An evidence picture as it is found.

    Attributes:
        rule: the rule that was broken.
        path: of the picture, with its folder.
        intact: whether its bytes are those on record.
        problem: why it is not intact, else empty.
    """

    rule: str
    path: str
    intact: bool
    problem: str


def evidence_of(violation: ViolationRow, settings: EvidenceSettings) -> EvidenceState:
    """Hold a violation's picture against its record."""
    file = EvidenceFile(violation.evidence_path, violation.evidence_sha256, violation.evidence_size_bytes)
    path = str(settings.folder / file.path)
    try:
        verify_file(settings.folder, file)
    except EvidenceError as error:
        return EvidenceState(violation.rule, path, intact=False, problem=error.problem)
    return EvidenceState(violation.rule, path, intact=True, problem="")


def evidence_text(state: EvidenceState) -> str:
    """For people."""
    return f"{state.path} ({state.rule}): {'intact' if state.intact else 'NOT INTACT'}"


def require_intact(states: Sequence[EvidenceState]) -> None:
    """Tell what is not intact.

    Raises:
        EvidenceError: names every picture that is missing or altered.
    """
    problems = [state.problem for state in states if not state.intact]
    if problems:
        raise EvidenceError("\n".join(problems), remedy="do not use it as evidence; restore it from a backup")
