import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.classifier.network import LEVEL_CHANNELS, Backbone, VehicleNet, WithProbabilities  # noqa: E402


@pytest.mark.parametrize(("height", "width"), [(96, 96), (96, 128), (64, 32)])
def test_each_level_has_its_stride_and_channels(height: int, width: int) -> None:
    levels = Backbone().eval()(torch.zeros(2, 3, height, width))
    shapes = [tuple(level.shape) for level in levels]
    assert shapes == [
        (2, channels, height // stride, width // stride)
        for channels, stride in zip(LEVEL_CHANNELS, (8, 16, 32), strict=True)
    ]


def test_the_network_is_small() -> None:
    assert sum(parameter.numel() for parameter in VehicleNet(7, 8).parameters()) < 600_000


def test_each_head_is_a_distribution_of_its_own() -> None:
    rows = WithProbabilities(VehicleNet(7, 8)).eval()(torch.rand(3, 3, 64, 64) * 255)
    assert rows.shape == (3, 15)
    assert rows.min() >= 0
    torch.testing.assert_close(rows[:, :7].sum(1), torch.ones(3))
    torch.testing.assert_close(rows[:, 7:].sum(1), torch.ones(3))


def test_both_heads_teach_the_backbone() -> None:
    for head in (0, 1):
        network = VehicleNet(7, 8)
        network(torch.rand(2, 3, 64, 64))[head].square().sum().backward()
        stem = network.backbone.stem.conv.weight.grad
        assert stem is not None
        assert stem.abs().sum() > 0
