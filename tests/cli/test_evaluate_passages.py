import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.evaluation.known_passages import passage, reading
from traffic.cli.evaluate_passages import passages
from traffic.plates.recorded import read_known_passages, write_known_passages

ENGINES = Path(__file__).parents[2] / "engines"
MODELS = ["--locator", str(ENGINES / "plate_locator.yaml"), "--reader", str(ENGINES / "plate_reader.yaml")]


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(passages)
    result = CliRunner().invoke(app, [*MODELS, "--unfitted", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "kept.npz"
    right, wrong = reading("A123BC77", 0.99, 0.9), reading("A128BC77", 0.6, 0.2, at=1)
    write_known_passages(
        file,
        [passage("A123BC77", right, right, wrong), passage("B456EK99"), passage("A1", right, name="stress-rendered-1")],
    )
    return file


def test_kept_readings_are_measured_without_drawing(kept: Path) -> None:
    code, told = run("--readings", str(kept), "--json")
    report = json.loads(told)
    assert code == 0
    assert report["overall"]["passages"] == 2
    assert report["overall"]["consensus"] == 0.5
    assert report["overall"]["told"] == 0.5
    assert [each["group"] for each in report["stress"]] == ["24 px"]
    assert set(report["files"]) == {"plate_locator.yaml", "plate_reader.yaml"}


def test_a_table_a_page_and_a_plot(kept: Path, tmp_path: Path) -> None:
    code, told = run("--readings", str(kept), "--report", str(tmp_path / "out"), "--country", "ru", "--real", str(kept))
    assert code == 0
    assert "country; percent" in told
    assert "clips, scenes and photos" in told
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"passages.json", "passages.html", "reliability.svg"}
    assert json.loads((tmp_path / "out" / "passages.json").read_text())["countries"] == ["ru"]


def test_passages_are_drawn_read_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "kept.npz"
    code, _ = run("--passages", "1", "--stress", "0", "--readings", str(file), "--json")
    assert code == 0
    assert [each.name for each in read_known_passages(file)] == ["rendered-2000000"]
