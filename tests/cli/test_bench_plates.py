import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from traffic.benchmark import plates as benchmark
from traffic.cli import bench_plates
from traffic.plates.reader import PlateSettings

ROOT = Path(__file__).parents[2]


def test_two_seconds_with_one_vehicle_give_a_row_for_the_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the five variants the first alone: the others take as long each."""

    def first_only(given: PlateSettings) -> dict[str, PlateSettings]:
        assert given.maximum_per_second == 30
        assert given.locator is not None
        assert given.locator.is_absolute()
        return {"plates not read": given.model_copy(update={"locator": None, "reader": None})}

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(benchmark, "plate_variants", first_only)
    app = typer.Typer()
    app.command()(bench_plates.plates)
    arguments = ["--seconds", "2", "--rounds", "1", "--vehicles", "1", "--budget", "30", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    assert row["name"] == "plates not read"
    assert row["frames_per_second"] > 0


def test_the_table_says_who_keeps_up(capsys: pytest.CaptureFixture[str]) -> None:
    fast, slow = (benchmark.PlateLoad(name, 30.0, 33.0, cpu, 10.0, 20.0) for name, cpu in (("a", 20.0), ("b", 50.0)))
    bench_plates.show([fast, slow])
    told = capsys.readouterr().out
    assert "yes" in told
    assert "no" in told.split("yes")[1]
