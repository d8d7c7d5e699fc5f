"""Without a GPU every step says why it could not be run; with one `make device-check` climbs them."""

import json
from pathlib import Path

import pytest

from tests.nvidia import has_driver
from traffic.benchmark.ladder import RungResult
from traffic.cli.bench_device import written

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` climbs the steps")
def test_without_a_gpu_the_steps_are_told_and_nothing_is_claimed(traffic, tmp_path):
    options = ("--card", CARD, "--int8-card", CARD, "--kernels", "none.so", "--pictures", "1", "--out", tmp_path)
    answer = traffic("bench", "device", *map(str, options))
    assert answer.code == 1
    assert answer.err.count("expected NVIDIA's driver") == 7
    results = json.loads((tmp_path / "ladder.json").read_text())
    assert [(each["frames_per_second"], each["ap50"]) for each in results] == [(None, None)] * 7
    assert (tmp_path / "ladder.md").read_text().count("could not be run") == 7


def test_the_kernels_must_be_named(traffic):
    answer = traffic("bench", "device")
    assert answer.code == 2
    assert "--kernels" in answer.err


def test_engines_that_nobody_checked_are_not_put_beside_the_models(traffic):
    answer = traffic("bench", "device", "--card", str(CARD), "--kernels", "none.so", "--engines", str(CARD.parent))
    assert answer.code == 2
    assert "apart from the models" in answer.err


def test_every_step_is_written_before_the_next_one_is_climbed(tmp_path):
    def climbed():
        yield RungResult("first", 30.0, 0.8, 0.5)
        raise KeyboardInterrupt

    steps = written(climbed(), tmp_path)
    assert next(steps).name == "first"
    with pytest.raises(KeyboardInterrupt):
        next(steps)
    assert [each["name"] for each in json.loads((tmp_path / "ladder.json").read_text())] == ["first"]
    assert "| first | 1 | no | 0.0 | 30.0 |" in (tmp_path / "ladder.md").read_text()
