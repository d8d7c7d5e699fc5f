import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.blocks import (  # noqa: E402
    Bottleneck,
    ConvAct,
    CrossStage,
    PoolingPyramid,
    Spatial,
    dense,
    depthwise,
)


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (6, 2)])
def test_a_convolution_divides_the_sides_by_its_stride(kernel: int, stride: int) -> None:
    block = ConvAct((3, 4), kernel, nn.SiLU, stride=stride)
    assert block(torch.zeros(2, 3, 32, 64)).shape == (2, 4, 32 // stride, 64 // stride)


def test_depthwise_mixes_no_channels_before_its_second_convolution() -> None:
    first = depthwise((4, 8), nn.Identity)[0]
    image = torch.zeros(1, 4, 8, 8)
    image[:, 2] = 1
    changed = (first(image) - first(torch.zeros_like(image))).abs().amax(dim=(0, 2, 3)) > 0
    assert changed.tolist() == [False, False, True, False]


@pytest.mark.parametrize(("spatial", "weights"), [(depthwise, 4 * 9 + 4 * 6), (dense, 4 * 6 * 9)])
def test_what_a_spatial_convolution_costs(spatial: Spatial, weights: int) -> None:
    block = spatial((4, 6), nn.SiLU)
    assert sum(parameter.numel() for parameter in block.parameters() if parameter.ndim == 4) == weights


@pytest.mark.parametrize("spatial", [depthwise, dense])
def test_a_shortcut_adds_the_input(spatial: Spatial) -> None:
    torch.manual_seed(0)
    with_shortcut = Bottleneck(4, nn.SiLU, spatial, shortcut=True)
    without = Bottleneck(4, nn.SiLU, spatial, shortcut=False)
    without.load_state_dict(with_shortcut.state_dict())
    image = torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(with_shortcut(image), without(image) + image)


def test_a_stage_keeps_the_picture_and_changes_the_channels() -> None:
    stage = CrossStage((6, 8), 2, nn.SiLU, dense, shortcut=True)
    assert stage(torch.zeros(1, 6, 5, 7)).shape == (1, 8, 5, 7)


def test_the_pyramid_sees_six_pixels_far() -> None:
    torch.manual_seed(0)
    pyramid = PoolingPyramid(4, nn.Identity).eval()
    image = torch.zeros(1, 4, 33, 33)
    image[..., 16, 16] = 9
    changed = ((pyramid(image) - pyramid(torch.zeros_like(image))).abs().amax(dim=(0, 1)) > 1e-6).nonzero()
    assert changed.amin(dim=0).tolist() == [10, 10]
    assert changed.amax(dim=0).tolist() == [22, 22]
