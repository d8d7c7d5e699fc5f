import json
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import typer  # noqa: E402
import yaml  # noqa: E402
from torch import nn  # noqa: E402
from typer.testing import CliRunner, Result  # noqa: E402

from tests.training.detector import official  # noqa: E402
from traffic.errors import ModelError  # noqa: E402
from traffic.inference.model_card import DetectorCard, load_model_card  # noqa: E402
from traffic.training.detector.checkpoint import load_checkpoint  # noqa: E402
from traffic.training.detector.finish import blender, main  # noqa: E402
from traffic.training.detector.log import LOG_FILE, MODEL_FILE, TRAINED_FILE  # noqa: E402
from traffic.training.detector.network import from_nothing  # noqa: E402
from traffic.training.detector.onnx_import import load_network  # noqa: E402
from traffic.training.detector.recipe import PublishedShares, SizeName, load_recipe  # noqa: E402
from traffic.training.detector.release import CARD_FILE  # noqa: E402
from traffic.training.detector.release import main as release  # noqa: E402
from traffic.training.detector.train import main as train  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402
from traffic.training.mish import TrainingMish  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


def _short(folder: Path, changes: dict[str, object] | None = None) -> Path:
    fields = yaml.safe_load(SHIPPED.read_text())
    fields |= {"batch": 2, "input_sizes": [[64, 64]], "calibration_batches": 2, "steps": 7, **(changes or {})}
    fields["rendered"] |= {"frames": 1, "first_seed": 10, "held_out_frames": 1}
    fields["type_stage"] |= {"batches": 2, "steps": 3}
    path = folder / "short.yaml"
    path.write_text(yaml.safe_dump(fields))
    return path


def _run(command: Callable[..., None], *arguments: object) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_without_shares_the_trained_network_stays_as_it_is(tmp_path: Path) -> None:
    network = from_nothing(5, TrainingMish, "nano")
    recipe = load_recipe(SHIPPED).model_copy(update={"published_shares": None})
    assert blender(recipe, tmp_path, [])(network) is network


def test_a_size_without_published_weights_is_not_blended_with_random_ones(tmp_path: Path) -> None:
    network = from_nothing(5, TrainingMish, "tiny")
    recipe = load_recipe(SHIPPED).model_copy(update={"size": "tiny", "start": None})
    assert blender(recipe, tmp_path, [])(network) is network


def test_a_size_is_blended_with_the_official_weights_that_it_started_from(tmp_path: Path) -> None:
    torch.save({"model": official.state(official.convolutions(24, False, 80))}, tmp_path / "yolox_tiny.pth")
    whole = PublishedShares(backbone=1, neck=1, head=1)
    changes = {"size": "tiny", "activation": "silu", "start": f"{tmp_path}/yolox_tiny.pth", "published_shares": whole}
    recipe = load_recipe(SHIPPED).model_copy(update=changes)
    pictures = [torch.rand(1, 3, 64, 64) * 255 for _ in range(2)]
    blend = blender(recipe, tmp_path, pictures)(from_nothing(5, nn.SiLU, "tiny").eval())
    published = load_checkpoint(tmp_path / "yolox_tiny.pth", "tiny")
    kernels = [network.lateral5.conv.weight for network in (blend, published)]
    ours, theirs = (nn.functional.normalize(kernel.flatten(1), dim=1) for kernel in kernels)
    torch.testing.assert_close(ours, theirs)  # normalisation changes the length of a channel's kernel alone


@pytest.mark.filterwarnings("ignore")
def test_the_command_blends_a_trained_network_and_trains_its_types(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    trained = from_nothing(5, TrainingMish, "nano").eval()
    for parameter in trained.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    export_onnx(trained, tmp_path / "trained.onnx")
    (tmp_path / LOG_FILE).write_text('{"step": 7}\n')
    monkeypatch.setenv("TRAFFIC_DATA", str(tiny_data))
    out = tmp_path / "out"
    result = _run(main, _short(tmp_path), tmp_path / "trained.onnx", "--out", out)
    assert result.exit_code == 0, result.output
    finished = load_network(out / MODEL_FILE, 5, TrainingMish)
    assert not torch.allclose(finished.lateral5.conv.weight, trained.lateral5.conv.weight)
    lines = [json.loads(line) for line in (out / LOG_FILE).read_text().splitlines()]
    assert [line["step"] for line in lines] == [7, 10]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", ["tiny", "s"])
def test_what_was_trained_in_another_size_is_finished_and_released_by_the_same_flag(
    size: SizeName, tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAFFIC_DATA", str(tiny_data))
    recipe, made, again = _short(tmp_path, {"steps": 1, "activation": "silu"}), tmp_path / "made", tmp_path / "again"
    ran = [
        _run(train, recipe, "--size", size, "--out", made),
        _run(main, recipe, made / TRAINED_FILE, "--size", size, "--out", again),
        _run(release, recipe, again / MODEL_FILE, "--size", size, "--out", tmp_path / "engines"),
    ]
    assert [result.exit_code for result in ran] == [0, 0, 0], [result.output for result in ran]
    assert load_network(again / MODEL_FILE, 5, nn.SiLU).size == size
    card = load_model_card(tmp_path / "engines" / CARD_FILE, DetectorCard)
    assert card.name == f"vehicle-detector-{size}-silu"
    assert card.recipe.command.endswith(f"short.yaml --size {size}")
    assert card.data[0].name == "COCO 2017 through YOLOX-Nano (the teacher)"


@pytest.mark.parametrize("command", [main, release])
def test_a_network_of_another_size_than_asked_for_is_refused_with_the_flag_that_takes_it(
    command: Callable[..., None], tmp_path: Path
) -> None:
    export_onnx(from_nothing(5, TrainingMish, "tiny").eval(), tmp_path / "trained.onnx")
    result = _run(command, _short(tmp_path), tmp_path / "trained.onnx", "--out", tmp_path / "out")
    assert isinstance(result.exception, ModelError)
    assert "expected a network of size nano, got tiny" in str(result.exception)
    assert "--size tiny" in str(result.exception)
    assert not (tmp_path / "out").exists()
