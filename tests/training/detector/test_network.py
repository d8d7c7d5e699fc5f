import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import SizeName, WithScores, Yolox, from_nothing  # noqa: E402
from traffic.training.normalization import insert_normalization  # noqa: E402


@pytest.mark.parametrize(
    ("width", "height", "anchors"), [(64, 32, 8 * 4 + 4 * 2 + 2 * 1), (96, 96, 144 + 36 + 9), (640, 384, 5040)]
)
def test_every_cell_of_every_stride_has_a_row(width: int, height: int, anchors: int) -> None:
    network = Yolox(5, nn.SiLU).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, height, width)).shape == (2, anchors, 10)


@pytest.mark.parametrize(("size", "millions"), [("nano", "0.91"), ("tiny", "5.06"), ("s", "8.97")])
def test_a_size_has_the_published_number_of_parameters(size: SizeName, millions: str) -> None:
    """As the YOLOX repository's table has them, with 80 classes and the normalisation that is trained."""
    network = Yolox(80, nn.SiLU, size).eval()
    insert_normalization(network, [torch.rand(1, 3, 64, 64) * 255])
    assert f"{sum(parameter.numel() for parameter in network.parameters()) / 1e6:.2f}" == millions


@pytest.mark.parametrize("size", ["nano", "tiny", "s"])
def test_a_size_can_be_trained(size: SizeName) -> None:
    torch.manual_seed(0)
    network = from_nothing(5, nn.Mish, size).train()
    network(torch.rand(1, 3, 64, 64)).square().mean().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_a_network_from_nothing_finds_next_to_nothing() -> None:
    torch.manual_seed(0)
    network = from_nothing(5, nn.SiLU, "nano").eval()
    with torch.inference_mode():
        scores = WithScores(network)(torch.rand(1, 3, 64, 64) * 255)[..., 4]
    assert float(scores.mean()) == pytest.approx(0.01, abs=0.01)


def test_scores_pass_the_sigmoid_and_boxes_do_not() -> None:
    network = Yolox(2, nn.Mish).eval()
    images = torch.rand(1, 3, 32, 32) * 255
    with torch.inference_mode():
        logits, scores = network(images), WithScores(network)(images)
    torch.testing.assert_close(scores[..., :4], logits[..., :4])
    torch.testing.assert_close(scores[..., 4:], 1 / (1 + torch.exp(-logits[..., 4:])))
