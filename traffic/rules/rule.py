"""What a rule is, and the record that it makes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Protocol

from traffic.datatypes import Fact, Passage, Violation


class Rule(Protocol):
    """Holds one passage against one rule; the same passage always gives the same violation."""

    def judge(self, passage: Passage) -> Violation | None:
        """The violation, or None where the rule was kept or cannot be judged."""
        ...


def violation(rule: str, passage: Passage, pts_ns: int, facts: tuple[Fact, ...]) -> Violation:
    """The record of a broken rule; `pts_ns` is the moment that the rule names."""
    return Violation(
        violation_id=str(uuid.uuid5(uuid.UUID(passage.passage_id), rule)),
        passage_id=passage.passage_id,
        camera_id=passage.camera_id,
        rule=rule,
        pts_ns=pts_ns,
        occurred_at=passage.started_at + timedelta(microseconds=(pts_ns - passage.start_pts_ns) // 1000),
        facts=facts,
    )
