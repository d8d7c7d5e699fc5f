import json
from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.inference.openvino_engine import OpenVinoEngine  # noqa: E402
from traffic.training.compression.calibration import load_table  # noqa: E402
from traffic.training.compression.quantisation_aware import LOG_FILE, train  # noqa: E402
from traffic.training.compression.quantise import CACHE_FILE, TABLE_FILE  # noqa: E402
from traffic.training.compression.recipe import Calibration, QuantisationAwareRecipe, Start, Tuning  # noqa: E402

SIZE = ((64, 64),)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_short_run_leaves_an_int8_model_its_table_cache_and_log(
    tiny_data: Path, released: Path, small_training: Path, one_step: Tuning, tmp_path: Path
) -> None:
    recipe = QuantisationAwareRecipe(
        start=Start(card=released, training=small_training),
        calibration=Calibration(method="percentile", percentile=99.9, pictures=1, input_sizes=SIZE),
        tuning=one_step.model_copy(update={"steps": 25}),
    )
    model = train(recipe, tiny_data, tmp_path / "out")
    image = np.full((1, 64, 64, 3), 90, np.uint8)
    exact = InferenceSettings(precision="f32", threads=1)
    with OnnxEngine(model, (64, 64), exact) as first, OpenVinoEngine(model, (64, 64), exact) as second:
        np.testing.assert_allclose(first.infer(image), second.infer(image), atol=0.1)
    kinds = {node.op_type for node in onnx.load(str(model)).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} < kinds
    assert load_table(model.with_name(TABLE_FILE)).pictures == 5
    assert model.with_name(CACHE_FILE).read_text().startswith("TRT-8502-EntropyCalibration2\n")
    (line,) = [json.loads(text) for text in model.with_name(LOG_FILE).read_text().splitlines()]
    assert line["step"] == 25
