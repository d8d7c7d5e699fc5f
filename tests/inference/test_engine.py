import numpy as np
import pytest
from pydantic import ValidationError

from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine


def test_both_backends_give_the_same(model_path, images):
    pytest.importorskip("openvino", reason="pip install 'traffic[openvino]'")
    settings = InferenceSettings(precision="f32", threads=1)
    with OpenVinoEngine(model_path, (64, 32), settings) as one, OnnxEngine(model_path, (64, 32), settings) as other:
        np.testing.assert_allclose(one.infer(images), other.infer(images), atol=1e-3)


@pytest.mark.parametrize(
    "values", [{"backend": "cuda"}, {"precision": "int4"}, {"threads": -1}, {"batch": 0}, {"dla_core": 2}]
)
def test_unknown_backends_precisions_and_thread_counts_are_refused(values):
    with pytest.raises(ValidationError):
        InferenceSettings(**values)


@pytest.mark.parametrize(
    ("backend", "precision"), [("onnxruntime", "bf16"), ("openvino", "f16"), ("openvino", "int8"), ("tensorrt", "bf16")]
)
def test_a_precision_that_the_backend_has_not_is_refused_with_those_it_has(backend, precision):
    with pytest.raises(ValidationError, match=f"{backend} computes in one of auto, f32"):
        InferenceSettings(backend=backend, precision=precision)


def test_more_pictures_than_the_kernels_take_are_refused_before_anything_is_opened():
    kernels = {"backend": "tensorrt", "kernels": "libtraffic_kernels.so"}
    assert InferenceSettings(**kernels, batch=16).batch == 16
    with pytest.raises(
        ValidationError, match=r"the kernels take 16 pictures at most, got batch 17; lower inference\.batch"
    ):
        InferenceSettings(**kernels, batch=17)
    assert InferenceSettings(backend="tensorrt", batch=64).batch == 64


@pytest.mark.parametrize(
    ("backend", "precision"), [("tensorrt", "f16"), ("tensorrt", "auto"), ("openvino", "auto")], ids=str
)
def test_a_calibration_without_int8_is_refused(backend, precision):
    with pytest.raises(ValidationError, match="expected backend tensorrt and precision int8 with a calibration table"):
        InferenceSettings(backend=backend, precision=precision, calibration="ranges.table")
