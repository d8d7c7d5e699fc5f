import numpy as np
import pytest
from pydantic import ValidationError

from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine


def test_both_backends_give_the_same(model_path, images):
    settings = InferenceSettings(precision="f32", threads=1)
    with OpenVinoEngine(model_path, (64, 32), settings) as one, OnnxEngine(model_path, (64, 32), settings) as other:
        np.testing.assert_allclose(one.infer(images), other.infer(images), atol=1e-3)


@pytest.mark.parametrize("values", [{"backend": "cuda"}, {"precision": "int4"}, {"threads": -1}])
def test_unknown_backends_precisions_and_thread_counts_are_refused(values):
    with pytest.raises(ValidationError):
        InferenceSettings(**values)
