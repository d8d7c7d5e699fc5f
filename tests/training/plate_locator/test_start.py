from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.errors import ModelError  # noqa: E402
from traffic.training.plate_locator.export import export_onnx  # noqa: E402
from traffic.training.plate_locator.network import PlateNet  # noqa: E402
from traffic.training.plate_locator.start import freeze_statistics, network_of  # noqa: E402


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlateNet, Path]:
    """A network whose statistics are not the first ones, and its file."""
    torch.manual_seed(4)
    network = PlateNet()
    network.train()(torch.rand(4, 3, 64, 96) * 255)
    torch.nn.init.normal_(network.predict.weight, std=0.1)
    path = tmp_path_factory.mktemp("start") / "model.onnx"
    export_onnx(network.eval(), (96, 64), path)
    return network, path


def test_the_network_read_back_gives_the_same(trained: tuple[PlateNet, Path]) -> None:
    network, path = trained
    images = torch.rand(2, 3, 64, 96) * 255
    with torch.inference_mode():
        torch.testing.assert_close(network_of(path)(images), network(images), atol=1e-3, rtol=1e-3)


def test_frozen_it_gives_the_same_while_it_trains_and_every_weight_learns(trained: tuple[PlateNet, Path]) -> None:
    network = network_of(trained[1])
    images = torch.rand(2, 3, 64, 96) * 255
    with torch.inference_mode():
        before = network(images)
    network.train()
    freeze_statistics(network)
    answer = network(images)
    torch.testing.assert_close(answer.detach(), before, atol=1e-4, rtol=1e-4)
    answer.square().mean().backward()
    assert all(parameter.grad is not None and parameter.requires_grad for parameter in network.parameters())


@pytest.mark.filterwarnings("ignore")
def test_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    torch.onnx.export(torch.nn.Conv2d(3, 4, 3), (torch.zeros(1, 3, 8, 8),), str(path), dynamo=False)
    with pytest.raises(ModelError, match="got 1"):
        network_of(path)
