"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from traffic.errors import TrafficError

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, such as "camera north: source".
        level: "warning" is for what a run can live with, "error" for what it cannot.
        message: what was found.
        remedy: what mends it; empty where nothing needs to be done.
    """

    name: str
    level: Level
    message: str
    remedy: str = ""


def failed(name: str, error: TrafficError) -> CheckResult:
    """The result of a check that ended in an error."""
    return CheckResult(name, "error", error.problem, error.remedy)
