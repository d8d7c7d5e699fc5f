import struct
from pathlib import Path

import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.inference.model_card import sha256_of  # noqa: E402
from traffic.training.compression.calibration import load_table  # noqa: E402
from traffic.training.compression.fake_quantisation import HIGHEST  # noqa: E402
from traffic.training.compression.quantise import CACHE_FILE, TABLE_FILE, quantise  # noqa: E402
from traffic.training.compression.recipe import Calibration, QuantiseRecipe, Start  # noqa: E402


@pytest.mark.slow
@pytest.mark.parametrize("method", ["entropy", "percentile"])
def test_a_released_detector_becomes_int8_with_a_table_that_says_the_same_as_the_graph_and_the_cache(
    method: str, tiny_data: Path, released: Path, small_training: Path, tmp_path: Path
) -> None:
    how = Calibration.model_validate({"method": method, "pictures": 1, "input_sizes": [[64, 64]]})
    recipe = QuantiseRecipe(start=Start(card=released, training=small_training), calibration=how)
    model = quantise(recipe, tiny_data, tmp_path)
    table = load_table(tmp_path / TABLE_FILE)
    assert table.model_sha256 == sha256_of(released.with_name("vehicle_detector.onnx"))
    assert table.method == method
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(str(model)).graph.initializer}
    in_graph = {float(value) for name, value in stored.items() if name.endswith("input_scale")}
    by_table = sorted(value / HIGHEST for value in set(table.ranges.values()))
    assert sorted(in_graph) == pytest.approx(by_table)
    lines = (tmp_path / CACHE_FILE).read_text().splitlines()[1:]
    by_cache = {struct.unpack("!f", bytes.fromhex(line.split(": ")[1]))[0] for line in lines}
    assert sorted(by_cache) == pytest.approx(by_table)
