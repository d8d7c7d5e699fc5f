from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import Tensor, nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.classifier.export import export_onnx  # noqa: E402
from traffic.training.classifier.network import Backbone, Block, VehicleNet  # noqa: E402
from traffic.training.classifier.start import start_from_coco  # noqa: E402


def pictures(count: int = 2) -> Tensor:
    return torch.nn.functional.interpolate(torch.rand(count, 3, 8, 8), 64, mode="bilinear") * 255


class Published(nn.Module):
    """The first layers of the published network, as their weights say, with our activation."""

    def __init__(self, weights: list[tuple[Tensor, Tensor]]) -> None:
        super().__init__()
        self.weights = weights

    def forward(self, images: Tensor) -> Tensor:
        corners = [images[..., row::2, column::2] for row, column in ((0, 0), (1, 0), (0, 1), (1, 1))]
        (stem, stem_bias), (deep, deep_bias), (wide, wide_bias) = self.weights[:3]
        x = torch.nn.functional.hardswish(torch.conv2d(torch.cat(corners, 1), stem, stem_bias, padding=1))
        x = torch.nn.functional.hardswish(torch.conv2d(x, deep, deep_bias, stride=2, padding=1, groups=len(deep)))
        return torch.nn.functional.hardswish(torch.conv2d(x, wide, wide_bias))


def test_the_start_computes_what_the_published_weights_say(coco_file: Path) -> None:
    from onnx import load, numpy_helper

    graph = load(str(coco_file)).graph
    arrays = {tensor.name: torch.tensor(numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    weights = [(arrays[node.input[1]], arrays[node.input[2]]) for node in nodes]
    backbone, images = Backbone(), pictures()
    start_from_coco(backbone, coco_file, [images])
    with torch.no_grad():
        ours = backbone.dark2[1](backbone.dark2[0](backbone.stem(images)))
        theirs = Published(weights)(images)
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)
    assert len(list(backbone.blocks())) < len(nodes)


def test_the_normalisation_knows_the_statistics_of_the_pictures(coco_file: Path) -> None:
    backbone, images = Backbone(), pictures(4)
    start_from_coco(backbone, coco_file, [images])
    with torch.no_grad():
        before = backbone.eval()(images)[0]
        normed = backbone.train()(images)[0]
    torch.testing.assert_close(before, normed, rtol=0.05, atol=0.05)


def test_another_networks_file_is_refused(tmp_path: Path, coco_file: Path) -> None:
    export_onnx(VehicleNet(7, 8), tmp_path / "small.onnx", (32, 32))
    wide = Backbone()
    wide.stem = Block((3, 24), 6, stride=2)
    with pytest.raises(ModelError, match=r"expected a convolution of \(24, 3, 6, 6\), got \(16, 3, 6, 6\)"):
        start_from_coco(wide, coco_file, [pictures()])
    deep = Backbone()
    deep.stem = nn.Sequential(deep.stem, *(Block((16, 16), 1) for _ in range(80)))
    with pytest.raises(ModelError, match="convolutions, got"):
        start_from_coco(deep, tmp_path / "small.onnx", [pictures()])
