from __future__ import annotations

import json

from tests.cli.project import Traffic


def test_microseconds_and_ratios_of_each_tracker(traffic: Traffic) -> None:
    answer = traffic("bench", "tracker", "--objects", "3", "--objects", "6", "--rounds", "1")

    assert answer.code == 0
    assert "3 vehicles" in answer.out
    assert "(1.0x)" in answer.out


def test_as_json(traffic: Traffic) -> None:
    (ours, *_) = json.loads(traffic("bench", "tracker", "--objects", "3", "--rounds", "1", "--json").out)

    assert (ours["tracker"], ours["objects"], ours["ratio"]) == ("traffic", 3, 1.0)
