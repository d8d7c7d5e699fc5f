import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import yaml  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from traffic.inference.model_card import DetectorCard, load_model_card, sha256_of, verified_model_path  # noqa: E402
from traffic.training.compression.comparison import Comparison  # noqa: E402
from traffic.training.compression.quantisation_aware import LOG_FILE  # noqa: E402
from traffic.training.compression.quantise import CACHE_FILE, MODEL_FILE, TABLE_FILE  # noqa: E402
from traffic.training.compression.release import (  # noqa: E402
    CARD_FILE,
    how_made,
    make_card,
    release,
)

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "quantisation_aware.yaml"


@pytest.fixture
def recipe(released: Path, small_training: Path, tmp_path: Path) -> Path:
    fields = yaml.safe_load(SHIPPED.read_text())
    fields["start"] = {"card": str(released), "training": str(small_training)}
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(fields))
    return path


@pytest.fixture
def made(released: Path, tmp_path: Path) -> Path:
    """The float network under the INT8 one's name: INT8 that loses nothing."""
    folder = tmp_path / "made"
    folder.mkdir()
    shutil.copyfile(released.with_name("vehicle_detector.onnx"), folder / MODEL_FILE)
    for name in (TABLE_FILE, CACHE_FILE, LOG_FILE):
        (folder / name).write_text(name)
    return folder / MODEL_FILE


def test_the_card_names_the_file_its_figures_beside_float_and_the_command(recipe: Path, made: Path) -> None:
    card = make_card(how_made(recipe), made, [Comparison("night", (640, 384), 20, 351, 0.8, 0.5, 0.79, 0.49)])
    assert card.name == "small-int8"
    assert card.file == MODEL_FILE
    assert (card.metrics[0].ap, card.metrics[0].ap50) == (0.49, 0.79)
    (figure,) = card.figures
    assert (figure.value, figure.peer_value, figure.peer, figure.samples) == (0.49, 0.5, "small (float)", 351)
    assert "quantisation_aware" in card.recipe.command


def test_a_recipe_without_training_makes_a_card_too(released: Path, tmp_path: Path) -> None:
    path = tmp_path / "quantise.yaml"
    path.write_text(SHIPPED.with_name("quantise.yaml").read_text())
    making = how_made(path)
    assert making.command == f"python -m traffic.training.compression.quantise {path}"
    assert making.start.card == Path("engines/vehicle_detector.yaml")


@pytest.mark.slow
def test_what_passes_is_put_in_place_whole(recipe: Path, made: Path, tiny_data: Path, tmp_path: Path) -> None:
    lines = release(recipe, made, tiny_data, tmp_path / "engines")
    assert {one.set for one in lines} == {"overbridge", "day_and_night", "day", "close_ups", "photos", "rendered"}
    assert all(one.loss == 0 for one in lines)
    card = tmp_path / "engines" / CARD_FILE
    assert verified_model_path(card).name == MODEL_FILE
    described = load_model_card(card, DetectorCard)
    assert described.name == "small-int8"
    types = [figure for figure in described.figures if figure.name.endswith("right type among those found")]
    assert all((figure.peer, figure.peer_value) == ("small (float)", figure.value) for figure in types)
    assert {path.name for path in card.parent.iterdir()} == {CARD_FILE, MODEL_FILE, TABLE_FILE, CACHE_FILE, LOG_FILE}


@pytest.mark.slow
def test_what_fails_writes_nothing_and_the_command_says_so(
    recipe: Path, made: Path, tiny_data: Path, coco_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The float network here finds everything of the tiny sets: the COCO original; INT8 finds nothing."""
    from traffic.training.compression import release as room
    from traffic.training.detector.onnx_import import load_coco, start_from_coco
    from traffic.training.export import export_onnx

    fields = yaml.safe_load(recipe.read_text())
    card = Path(fields["start"]["card"])
    better = tmp_path / "better"
    better.mkdir()
    network = start_from_coco(load_coco(coco_file), ("car", "van", "bus", "truck", "motorcycle"))
    export_onnx(network, better / "vehicle_detector.onnx")
    described = yaml.safe_load(card.read_text())
    described["sha256"] = sha256_of(better / "vehicle_detector.onnx")
    (better / "vehicle_detector.yaml").write_text(yaml.safe_dump(described))
    fields["start"]["card"] = str(better / "vehicle_detector.yaml")
    recipe.write_text(yaml.safe_dump(fields))
    monkeypatch.setenv("TRAFFIC_DATA", str(tiny_data))
    import typer

    app = typer.Typer()
    app.command()(room.main)
    ran = CliRunner().invoke(app, [str(recipe), str(made), "--out", str(tmp_path / "engines")])
    assert ran.exit_code == 1
    assert "expected INT8 within 1.5 AP points" in ran.output
    assert "rendered at 640x384" in ran.output
    assert not (tmp_path / "engines").exists()
