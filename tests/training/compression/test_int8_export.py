from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from onnx import numpy_helper  # noqa: E402
from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.inference.openvino_engine import OpenVinoEngine  # noqa: E402
from traffic.training.compression.calibration import calibrate  # noqa: E402
from traffic.training.compression.fake_quantisation import quantised  # noqa: E402
from traffic.training.compression.int8_export import export_int8, require_symmetric  # noqa: E402
from traffic.training.compression.recipe import Calibration  # noqa: E402
from traffic.training.detector.network import WithScores, Yolox  # noqa: E402

EXACT = InferenceSettings(precision="f32", threads=1)
HOW = Calibration(method="percentile", percentile=100, pictures=1, input_sizes=((64, 64),))
IMAGES = np.random.default_rng(3).integers(0, 256, (2, 64, 96, 3), np.uint8)


@pytest.fixture(scope="module")
def floating() -> Yolox:
    torch.manual_seed(6)
    return Yolox(5, nn.Mish).eval()


@pytest.fixture(scope="module")
def rounded(floating: Yolox) -> Yolox:
    table = calibrate(floating, [planes(IMAGES)], HOW, "0" * 64)
    return quantised(floating, table.ranges)


@pytest.fixture(scope="module")
def path(rounded: Yolox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("int8") / "int8.onnx"
    export_int8(rounded, path)
    return path


def planes(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2).float()


def answer(network: Yolox) -> np.ndarray:
    with torch.inference_mode():
        rows: np.ndarray = WithScores(network)(planes(IMAGES)).numpy()
    return rows


def test_every_backend_rounds_as_torch_does(floating: Yolox, rounded: Yolox, path: Path) -> None:
    """A sum that lies on a step's border may fall to either side, so backends agree in the mean, not to the bit."""
    expected, lost = answer(rounded), np.abs(answer(floating) - answer(rounded)).mean()
    assert lost > 0
    with OnnxEngine(path, (96, 64), EXACT) as onnx_engine, OpenVinoEngine(path, (96, 64), EXACT) as openvino:
        assert np.abs(onnx_engine.infer(IMAGES) - expected).mean() < 0.3 * lost
        assert np.abs(openvino.infer(IMAGES) - expected).mean() < 0.6 * lost


def test_every_quantised_convolution_has_a_pair_before_its_input_and_its_kernel(path: Path) -> None:
    graph = onnx.load(str(path)).graph
    made_by = {name: node for node in graph.node for name in node.output}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    kinds = Counter(
        tuple(made_by[name].op_type if name in made_by else "stored" for name in node.input[:2])
        for node in convolutions
    )
    assert kinds[("DequantizeLinear", "DequantizeLinear")] == 113 - 2 - 9
    assert all("DequantizeLinear" not in pair for pair in kinds if pair[0] != pair[1])
    assert sum(kinds.values()) == 113


def test_scales_are_stored_one_a_channel_for_kernels_and_zero_points_are_int8_zeros(path: Path) -> None:
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    pairs = [node for node in graph.node if node.op_type == "QuantizeLinear"]
    kernels = [node for node in pairs if node.input[0] in stored]
    assert {stored[node.input[1]].shape for node in pairs if node not in kernels} == {()}
    for node in kernels:
        assert stored[node.input[1]].shape == (len(stored[node.input[0]]),)
    require_symmetric(graph, path)


def test_mish_stays_in_one_form_and_the_opset_is_that_of_tensorrt_8_5(path: Path) -> None:
    model = onnx.load(str(path))
    assert [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")] == [17]
    softplus = {node.output[0] for node in model.graph.node if node.op_type == "Softplus"}
    followers = {node.op_type for node in model.graph.node if softplus & set(node.input)}
    assert followers == {"Tanh"}


def test_no_rounding_follows_a_concatenation_directly(path: Path) -> None:
    graph = onnx.load(str(path)).graph
    made_by = {name: node.op_type for node in graph.node for name in node.output}
    assert "Concat" not in {made_by.get(node.input[0]) for node in graph.node if node.op_type == "QuantizeLinear"}
    assert "Clip" in made_by.values()


def test_a_zero_point_that_is_not_zero_is_refused(path: Path) -> None:
    graph = onnx.load(str(path)).graph
    zero = next(node for node in graph.node if node.op_type == "QuantizeLinear").input[2]
    for node in graph.node:
        if zero in node.output:
            node.attribute[0].t.CopyFrom(numpy_helper.from_array(np.array(3, np.int8)))
    with pytest.raises(ModelError, match="INT8 zero point of 0"):
        require_symmetric(graph, path)
