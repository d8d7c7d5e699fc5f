import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import ConvAct, Yolox  # noqa: E402
from traffic.training.normalization import change_activation, fused, insert_normalization  # noqa: E402


@pytest.fixture
def network() -> Yolox:
    torch.manual_seed(3)
    return Yolox(2, nn.SiLU).eval()


@pytest.fixture
def batches() -> list[torch.Tensor]:
    torch.manual_seed(4)
    return [torch.rand(2, 3, 64, 64) * 255 for _ in range(2)]


def test_normalization_starts_as_the_identity(network: Yolox, batches: list[torch.Tensor]) -> None:
    with torch.no_grad():
        before = network(batches[0])
        insert_normalization(network, batches)
        torch.testing.assert_close(network.eval()(batches[0]), before, atol=1e-3, rtol=1e-3)


def test_normalization_holds_the_statistics_of_the_batches(network: Yolox, batches: list[torch.Tensor]) -> None:
    insert_normalization(network, batches)
    with torch.no_grad():
        values = torch.cat([network.stem.conv(batch) for batch in batches]).transpose(0, 1).flatten(1)
    torch.testing.assert_close(network.stem.norm.running_mean, values.mean(dim=1), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(network.stem.norm.running_var, values.var(dim=1), atol=1e-3, rtol=1e-2)


def test_fusing_changes_no_output_and_leaves_no_normalization(network: Yolox, batches: list[torch.Tensor]) -> None:
    insert_normalization(network, batches)
    change_activation(network, nn.Mish, batches)
    plain = fused(network)
    with torch.no_grad():
        torch.testing.assert_close(plain(batches[0]), network.eval()(batches[0]), atol=1e-3, rtol=1e-3)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())
    assert any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def test_the_new_activation_is_everywhere_and_its_statistics_are_measured_anew(
    network: Yolox, batches: list[torch.Tensor]
) -> None:
    insert_normalization(network, batches)
    last = network.heads[0].stem.norm
    old_mean = last.running_mean.clone()
    change_activation(network, nn.Mish, batches)
    blocks = [module for module in network.modules() if isinstance(module, ConvAct)]
    assert all(isinstance(block.activation, nn.Mish) for block in blocks)
    assert last.num_batches_tracked == len(batches)
    assert not torch.allclose(last.running_mean, old_mean)
    assert last.momentum == pytest.approx(0.03)


def test_a_network_that_is_normalised_already_is_refused(network: Yolox, batches: list[torch.Tensor]) -> None:
    insert_normalization(network, batches)
    with pytest.raises(ValueError, match="fused"):
        insert_normalization(network, batches)
