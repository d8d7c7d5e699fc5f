import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.optimization import MovingAverage, adamw, averaged, cosine_share, descend  # noqa: E402


class Small(nn.Module):
    """A convolution, a normalisation and a matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.conv(images)).mean((2, 3)))


@pytest.mark.parametrize(("step", "share"), [(0, 1.0), (5, 0.5), (10, 0.0)])
def test_a_cosine_falls_from_one_to_nothing(step: int, share: float) -> None:
    assert cosine_share(step, 10) == pytest.approx(share)


def test_only_kernels_and_matrices_decay() -> None:
    network = Small()
    decaying, others = adamw(network, 0.1, 0.05).param_groups
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.05, 0.0)
    assert {id(each) for each in decaying["params"]} == {id(network.conv.weight), id(network.head.weight)}
    assert len(decaying["params"]) + len(others["params"]) == len(list(network.parameters()))


@pytest.mark.parametrize(("slope", "moved"), [(0.5, 0.5), (3.0, 2.0), (-300.0, -2.0)])
def test_a_step_goes_down_the_loss_and_no_further_than_the_largest_norm(slope: float, moved: float) -> None:
    place = nn.Parameter(torch.tensor([1.0]))
    optimizer = torch.optim.SGD([place], lr=1.0)
    for _ in range(2):  # the second gradient is not added to the first
        place.data.fill_(1.0)
        descend(optimizer, [place], (slope * place).sum(), 2.0)
        assert place.item() == pytest.approx(1 - moved, abs=1e-5)


def test_an_average_keeps_a_share_of_itself_of_weights_and_of_statistics() -> None:
    network = Small()
    average = averaged(network, 0.75)
    average.update_parameters(network)  # the first state is taken as it is
    with torch.no_grad():
        network.conv.bias += 8
        network.norm.running_mean += 8
    average.update_parameters(network)
    torch.testing.assert_close(average.module.conv.bias, network.conv.bias - 6)
    torch.testing.assert_close(average.module.norm.running_mean, network.norm.running_mean - 6)


def test_the_moving_average_follows_slower_and_slower() -> None:
    network = Small()
    average = MovingAverage(network, decay=0.5)
    bias = network.conv.bias
    with torch.no_grad():
        average.network.conv.bias.zero_()
        bias.fill_(1.0)
    seen = []
    for _ in range(40):
        average.update(network)
        seen.append(average.network.conv.bias[0].item())
    assert seen[0] == pytest.approx(1 - 1 / 20)  # the first step keeps 1 / 20
    assert seen[-1] == pytest.approx(1)
    assert bias[0].item() == 1


def test_the_moving_average_keeps_its_own_weights() -> None:
    network = Small()
    average = MovingAverage(network, decay=0.9)
    assert not average.network.training
    assert average.network.conv.weight.data_ptr() != network.conv.weight.data_ptr()
