import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import WithScores, YoloxNano  # noqa: E402


@pytest.mark.parametrize(
    ("width", "height", "anchors"), [(64, 32, 8 * 4 + 4 * 2 + 2 * 1), (96, 96, 144 + 36 + 9), (640, 384, 5040)]
)
def test_every_cell_of_every_stride_has_a_row(width: int, height: int, anchors: int) -> None:
    network = YoloxNano(5, nn.SiLU).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, height, width)).shape == (2, anchors, 10)


def test_the_network_is_as_small_as_the_published_one() -> None:
    # YOLOX-Nano: .91 M parameters with 80 classes, published
    parameters = sum(parameter.numel() for parameter in YoloxNano(80, nn.SiLU).parameters())
    assert 0.88e6 < parameters < 0.94e6


def test_scores_pass_the_sigmoid_and_boxes_do_not() -> None:
    network = YoloxNano(2, nn.Mish).eval()
    images = torch.rand(1, 3, 32, 32) * 255
    with torch.inference_mode():
        logits, scores = network(images), WithScores(network)(images)
    torch.testing.assert_close(scores[..., :4], logits[..., :4])
    torch.testing.assert_close(scores[..., 4:], 1 / (1 + torch.exp(-logits[..., 4:])))
