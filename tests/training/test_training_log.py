import json
from pathlib import Path

import pytest

from traffic.training.training_log import StepLog, write_line


def lines(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_line_is_an_object_and_the_old_ones_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for value in (0.25, 1 / 3):
        write_line(tmp_path / "log.jsonl", {"step": 1, "ap": value})
    assert (tmp_path / "log.jsonl").read_text() == '{"step": 1, "ap": 0.25}\n{"step": 1, "ap": 0.333333}\n'
    assert capsys.readouterr().out == (tmp_path / "log.jsonl").read_text()


@pytest.mark.parametrize(
    ("every", "losses", "told"),
    [
        (3, [1.0, 2.0], []),
        (3, [1.0, 2.0, 6.0], [(3, 3.0)]),
        (2, [1.0, 3.0, 10.0, 20.0, 99.0], [(2, 2.0), (4, 15.0)]),
        (1, [5.0, 7.0], [(1, 5.0), (2, 7.0)]),
    ],
)
def test_a_line_has_the_mean_of_the_steps_since_the_one_before(
    tmp_path: Path, every: int, losses: list[float], told: list[tuple[int, float]]
) -> None:
    log = StepLog(tmp_path / "log.jsonl", every, batch=8)
    for step, loss in enumerate(losses, start=1):
        log.add(step, {"box": loss, "score": -loss})
    assert [(line["step"], line["box"]) for line in lines(tmp_path / "log.jsonl")] == told
    assert all(line["score"] == -line["box"] for line in lines(tmp_path / "log.jsonl"))


def test_a_line_tells_its_steps_own_figures_and_the_speed_by_name(tmp_path: Path) -> None:
    log = StepLog(tmp_path / "log.jsonl", 2, batch=8, pictures="crops")
    for step, rate in ((1, 0.5), (2, 0.25)):
        log.add(step, {"loss": 1.0}, learning_rate=rate)
    (line,) = lines(tmp_path / "log.jsonl")
    assert list(line) == ["step", "learning_rate", "crops_per_s", "loss"]
    assert line["learning_rate"] == 0.25
    assert line["crops_per_s"] > 0
