import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import typer  # noqa: E402
import yaml  # noqa: E402
from torch import nn  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from tests.training.detector import official  # noqa: E402
from traffic.training.detector.checkpoint import load_checkpoint  # noqa: E402
from traffic.training.detector.finish import blender, main  # noqa: E402
from traffic.training.detector.log import LOG_FILE, MODEL_FILE  # noqa: E402
from traffic.training.detector.network import from_nothing  # noqa: E402
from traffic.training.detector.onnx_import import load_network  # noqa: E402
from traffic.training.detector.recipe import PublishedShares, load_recipe  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402
from traffic.training.mish import TrainingMish  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


def _short(folder: Path) -> Path:
    fields = yaml.safe_load(SHIPPED.read_text())
    fields |= {"batch": 2, "input_sizes": [[64, 64]], "calibration_batches": 2, "steps": 7}
    fields["rendered"] |= {"frames": 1, "first_seed": 10}
    fields["type_stage"] |= {"batches": 2, "steps": 3}
    path = folder / "short.yaml"
    path.write_text(yaml.safe_dump(fields))
    return path


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
    app, out = typer.Typer(), tmp_path / "out"
    app.command()(main)
    result = CliRunner().invoke(app, [str(_short(tmp_path)), str(tmp_path / "trained.onnx"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    finished = load_network(out / MODEL_FILE, 5, TrainingMish)
    assert not torch.allclose(finished.lateral5.conv.weight, trained.lateral5.conv.weight)
    lines = [json.loads(line) for line in (out / LOG_FILE).read_text().splitlines()]
    assert [line["step"] for line in lines] == [7, 10]
