from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.training.backends import require_every_backend_to_agree  # noqa: E402
from traffic.training.onnx_file import OPSET, write_onnx  # noqa: E402


class Edges(nn.Module):
    """A convolution whose answer to the same picture is another one in training mode."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.BatchNorm2d(2), nn.Dropout(0.5))

    def forward(self, images: Tensor) -> Tensor:
        return self.body(images / 255)


@pytest.fixture
def network() -> Edges:
    torch.manual_seed(5)
    return Edges()


def sides(value: onnx.ValueInfoProto) -> list[int | str]:
    return [side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_file_computes_what_the_network_does_when_it_does_not_train(
    network: Edges, tmp_path: Path, layout: torch.memory_format
) -> None:
    network.to(memory_format=layout)
    write_onnx(network.train(), tmp_path / "edges.onnx", (12, 8))
    assert network.training
    require_every_backend_to_agree(network.eval(), tmp_path / "edges.onnx", (12, 8))


def test_one_input_one_output_and_no_fixed_batch(network: Edges, tmp_path: Path) -> None:
    write_onnx(network, tmp_path / "edges.onnx", (12, 8), "edges")
    graph = onnx.load(str(tmp_path / "edges.onnx"))
    (given,), (answer,) = graph.graph.input, graph.graph.output
    assert [entry.version for entry in graph.opset_import if entry.domain == ""] == [OPSET]
    assert (given.name, answer.name) == ("images", "edges")
    assert sides(given) == ["n", 3, 8, 12]
    assert sides(answer)[0] == "n"


def test_sides_that_vary_are_named_and_taken_at_any_length(network: Edges, tmp_path: Path) -> None:
    free = {2: "height", 3: "width"}
    write_onnx(network, tmp_path / "edges.onnx", (12, 8), varying={"images": free, "output": free})
    graph = onnx.load(str(tmp_path / "edges.onnx")).graph
    assert sides(graph.input[0]) == ["n", 3, "height", "width"]
    require_every_backend_to_agree(network.eval(), tmp_path / "edges.onnx", (20, 16))


def test_the_comparison_itself_tells_a_network_from_another(network: Edges, tmp_path: Path) -> None:
    write_onnx(network, tmp_path / "edges.onnx", (12, 8))
    other = Edges().eval()
    with pytest.raises(AssertionError):
        require_every_backend_to_agree(other, tmp_path / "edges.onnx", (12, 8))
    assert np.abs(other.body[0].weight.detach().numpy() - network.body[0].weight.detach().numpy()).max() > 0
