"""What `traffic evaluate` offers."""

from __future__ import annotations

import pytest

from tests.cli.project import Traffic


@pytest.mark.parametrize("what", ["detector", "tracker", "classifier", "plates"])
def test_everything_that_learns_or_follows_can_be_measured(traffic: Traffic, what: str) -> None:
    answer = traffic("evaluate", what, "--help")
    assert answer.code == 0
    assert "--report" in answer.out
