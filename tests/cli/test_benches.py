"""The bench's commands put together."""

from __future__ import annotations

import pytest

from tests.cli.project import Traffic


@pytest.mark.parametrize("command", ["tracker", "plates", "device", "models"])
def test_each_is_a_command_of_its_own(command: str, traffic: Traffic) -> None:
    answer = traffic("bench", command, "--help")

    assert answer.code == 0
    assert f"traffic bench {command}" in answer.out


def test_without_a_command_it_is_the_race(traffic: Traffic) -> None:
    answer = traffic("bench", "--help")

    assert answer.code == 0
    assert all(word in answer.out for word in ("--rounds", "tracker", "plates", "device", "models"))
