from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.sections.samples import section


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"exit": "west"}, "expected two cameras"),
        ({"entry_direction": "forward"}, "expected entry_line with entry_direction"),
        ({"exit_direction": "backward"}, "expected exit_line with exit_direction"),
        ({"maximum_duration_s": 120}, "above 120 s"),
        ({"distance_m": 0}, "greater than 0"),
        ({"name": "the bridge"}, "pattern"),
        ({"speed": 90}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        section(**changes)


def test_the_rule_bears_the_sections_name() -> None:
    assert section(name="ring-east").rule == "section_speeding:ring-east"
