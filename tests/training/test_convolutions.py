from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import onnx  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from traffic.training.convolutions import convolutions_of, fold_focus, in_call_order  # noqa: E402
from traffic.training.onnx_file import write_onnx  # noqa: E402


class BackToFront(nn.Module):
    """Calls its layers in another order than it lists them."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.norm, self.first = nn.Conv2d(4, 2, 1), nn.BatchNorm2d(4), nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        return self.last(functional.relu(self.norm(self.first(images))))


def test_modules_come_in_the_order_in_which_they_are_called() -> None:
    network = BackToFront().eval()
    assert in_call_order(network, nn.Conv2d) == [network.first, network.last]
    assert in_call_order(network, nn.Conv2d, nn.BatchNorm2d) == [network.first, network.norm, network.last]
    assert not any(module._forward_hooks for module in network.modules())


def test_a_files_kernels_and_biases_come_in_the_order_of_the_forward_pass(tmp_path: Path) -> None:
    network = BackToFront().eval()
    network.norm = nn.Identity()
    write_onnx(network, tmp_path / "network.onnx", (16, 16))
    for (kernel, bias), layer in zip(
        convolutions_of(tmp_path / "network.onnx"), (network.first, network.last), strict=True
    ):
        assert torch.equal(kernel, layer.weight)
        assert torch.equal(bias, layer.bias)


def test_convolutions_that_are_equal_are_read_though_the_file_stores_them_once(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)).eval()
    network[1].load_state_dict(network[0].state_dict())
    write_onnx(network, tmp_path / "network.onnx", (16, 16))
    assert len(onnx.load(str(tmp_path / "network.onnx")).graph.initializer) == 2
    for kernel, bias in (read := convolutions_of(tmp_path / "network.onnx")):
        assert torch.equal(kernel, network[0].weight)
        assert torch.equal(bias, network[0].bias)
    assert len(read) == 2


def test_a_convolution_without_a_stored_bias_is_passed_over(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.Conv2d(4, 2, 1)).eval()
    write_onnx(network, tmp_path / "network.onnx", (16, 16))
    assert [tuple(kernel.shape) for kernel, _ in convolutions_of(tmp_path / "network.onnx")] == [(2, 4, 1, 1)]


def test_six_by_six_is_focus_and_three_by_three() -> None:
    torch.manual_seed(0)
    weight, image = torch.randn(7, 12, 3, 3), torch.randn(2, 3, 32, 48)
    corners = [image[..., ::2, ::2], image[..., 1::2, ::2], image[..., ::2, 1::2], image[..., 1::2, 1::2]]
    expected = functional.conv2d(torch.cat(corners, dim=1), weight, padding=1)
    folded = functional.conv2d(image, fold_focus(weight), stride=2, padding=2)
    torch.testing.assert_close(folded, expected, atol=1e-4, rtol=1e-5)
