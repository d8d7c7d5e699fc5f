import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.compression.channel_graph import channel_graph  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import SizeName  # noqa: E402


class Shortcut(nn.Module):
    """a, then a + c(b(a)) beside d(a), merged by e and predicted by f; d is depthwise."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 6, 1), nn.Conv2d(6, 4, 1)
        self.d, self.e, self.f = nn.Conv2d(4, 4, 3, groups=4, padding=1), nn.Conv2d(8, 5, 1), nn.Conv2d(5, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = self.a(x)
        return self.f(self.e(torch.cat([a + self.c(self.b(a)), self.d(a)], dim=1)))


def test_an_addition_ties_channels_a_depthwise_convolution_hands_them_on_and_a_concatenation_lines_them_up() -> None:
    graph = channel_graph(Shortcut())
    assert graph.outputs["a"].tolist() == graph.outputs["c"].tolist() == graph.outputs["d"].tolist()
    assert graph.inputs["e"].tolist() == [*graph.outputs["a"], *graph.outputs["d"]]
    assert graph.inputs["c"].tolist() == graph.outputs["b"].tolist()
    assert graph.groups() == [("a", "c"), ("b",), ("e",)]


def test_the_pictures_planes_and_the_predictions_are_fixed() -> None:
    graph = channel_graph(Shortcut())
    assert set(graph.inputs["a"].tolist()) | set(graph.outputs["f"].tolist()) == graph.fixed


@pytest.mark.parametrize("size", ["nano", "tiny"])
def test_the_detectors_bottlenecks_share_the_channels_of_their_shortcut(size: SizeName) -> None:
    network = Yolox(5, nn.Mish, size)
    graph = channel_graph(network)
    last = "1.1.conv" if size == "nano" else "1.conv"
    tied = ("dark3.1.main.conv", *(f"dark3.1.body.{depth}.body.{last}" for depth in range(3)))
    assert tied in graph.groups()
    assert len(graph.inputs["dark5.1.merge.conv"]) == 4 * len(graph.outputs["dark5.1.shrink.conv"])
    predictions = {
        int(i) for name in graph.outputs if name.endswith(("box", "objectness", "classes")) for i in graph.outputs[name]
    }
    assert predictions < graph.fixed
    assert {int(i) for i in graph.outputs["stem.conv"]}.isdisjoint(graph.fixed)


def test_an_operation_that_mixes_channels_is_refused() -> None:
    class Mixed(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.softmax(x, dim=1)

    with pytest.raises(ModelError, match="does not know call_function"):
        channel_graph(Mixed())


def test_a_layer_with_weights_that_is_no_convolution_is_refused() -> None:
    with pytest.raises(ModelError, match="does not know call_module"):
        channel_graph(nn.Sequential(nn.Linear(3, 3)))
