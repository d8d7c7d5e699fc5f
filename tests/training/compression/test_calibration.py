import struct
from pathlib import Path

import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.compression.calibration import (  # noqa: E402
    CACHE_HEADER,
    CalibrationTable,
    calibrate,
    load_table,
    save_table,
    tensor_ranges,
    tensorrt_cache,
)
from traffic.training.compression.fake_quantisation import quantisable  # noqa: E402
from traffic.training.compression.recipe import Calibration  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402
from traffic.training.plugin_nodes import for_tensorrt  # noqa: E402

ALL = Calibration(method="percentile", percentile=100, pictures=1, input_sizes=((64, 64),))
SHA = "0" * 64


@pytest.fixture(scope="module")
def network() -> Yolox:
    torch.manual_seed(1)
    return Yolox(5, nn.Mish).eval()


@pytest.fixture(scope="module")
def table(network: Yolox) -> CalibrationTable:
    return calibrate(network, [torch.rand(2, 3, 64, 64) * 255, torch.rand(1, 3, 64, 96) * 255], ALL, SHA)


def test_the_table_has_the_largest_input_of_every_quantisable_convolution(network: Yolox) -> None:
    image = torch.rand(1, 3, 64, 64) * 255
    table = calibrate(network, [image], ALL, SHA)
    with torch.inference_mode():
        stem = network.dark2[0][0](network.stem(image))
    assert list(table.ranges) == quantisable(network)
    assert table.ranges["dark2.0.1.conv"] == pytest.approx(stem.abs().max().item())


def test_what_the_recipe_leaves_float_has_no_range(network: Yolox) -> None:
    image = torch.rand(1, 3, 64, 64) * 255
    spared = ALL.model_copy(update={"left_float": ("dark2.*", "heads.*.class_tower.*")})
    names = list(calibrate(network, [image], spared, SHA).ranges)
    gone = [name for name in quantisable(network) if name not in names]
    assert len(gone) == 7 + 3 * 4  # of the first stage but its depthwise entry, and four a tower
    assert all(name.startswith("dark2.") or ".class_tower." in name for name in gone)


def test_the_two_branches_of_a_block_share_their_input_and_so_their_range(table: CalibrationTable) -> None:
    assert table.ranges["up3.main.conv"] == table.ranges["up3.side.conv"]
    assert table.pictures == 3


def test_a_percentile_clips_and_entropy_never_exceeds_the_largest(network: Yolox, table: CalibrationTable) -> None:
    images = [torch.rand(1, 3, 64, 64) * 255]
    clipped = calibrate(network, images, ALL.model_copy(update={"percentile": 99.0}), SHA)
    whole = calibrate(network, images, ALL, SHA)
    assert all(clipped.ranges[name] <= whole.ranges[name] for name in whole.ranges)
    assert clipped.ranges["dark3.0.1.conv"] < whole.ranges["dark3.0.1.conv"]


def test_a_table_read_back_is_the_table(table: CalibrationTable, tmp_path: Path) -> None:
    save_table(table, tmp_path / "table.json")
    assert load_table(tmp_path / "table.json") == table


def test_the_cache_reads_as_tensorrt_reads_it() -> None:
    text = tensorrt_cache({"images": 127.0, "/network/a/Mul_output_0": 3.175})
    header, *lines = text.splitlines()
    assert header == CACHE_HEADER == "TRT-8502-EntropyCalibration2"
    read = {name: struct.unpack("!f", bytes.fromhex(bits))[0] for name, bits in (line.split(": ") for line in lines)}
    assert read == {"images": 1.0, "/network/a/Mul_output_0": pytest.approx(0.025)}
    assert lines[0] == "images: 3f800000"


def test_the_cache_names_tensors_of_the_graph_that_tensorrt_is_given(
    network: Yolox, table: CalibrationTable, tmp_path: Path
) -> None:
    model = tmp_path / "float.onnx"
    export_onnx(network, model)
    ranges = tensor_ranges(table, model)
    graph = onnx.load(str(for_tensorrt(model, tmp_path / "graph.onnx", None))).graph
    made = {name for node in graph.node for name in node.output}
    assert set(ranges) <= made
    assert "images" not in ranges
    fed = {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Conv"}
    assert {ranges[fed[f"network.{name}.weight"]] for name in table.ranges} == set(table.ranges.values())
    assert ranges[fed["network.dark2.0.1.conv.weight"]] == table.ranges["dark2.0.1.conv"]


def test_with_the_plugin_the_tensors_are_called_the_same(
    network: Yolox, table: CalibrationTable, tmp_path: Path
) -> None:
    model = tmp_path / "float.onnx"
    export_onnx(network, model)
    graph = onnx.load(str(for_tensorrt(model, tmp_path / "graph.onnx", Path("libtraffic_plugin.so")))).graph
    assert set(tensor_ranges(table, model)) <= {name for node in graph.node for name in node.output}


def test_a_model_of_another_shape_is_refused(table: CalibrationTable, tmp_path: Path) -> None:
    model = tmp_path / "other.onnx"
    export_onnx(Yolox(5, nn.Mish, "tiny").eval(), model)
    with pytest.raises(ModelError, match="expected the 102 convolutions of the table"):
        tensor_ranges(table, model)
