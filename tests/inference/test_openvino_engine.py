from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.openvino_engine import OpenVinoEngine

pytest.importorskip("openvino", reason="pip install 'traffic[openvino]'")

SIZE = (64, 32)
F32 = InferenceSettings(precision="f32", threads=2)


def test_the_model_sees_blue_green_red_from_0_to_255(model_path, images, expected):
    with OpenVinoEngine(model_path, SIZE, F32) as engine:
        np.testing.assert_allclose(engine.infer(images), expected, rtol=1e-4, atol=1e-3)


def test_a_pictures_result_does_not_depend_on_its_batch(model_path, images):
    with OpenVinoEngine(model_path, SIZE, F32) as engine:
        together = engine.infer(images)
        alone = np.concatenate([engine.infer(images[row : row + 1]) for row in range(len(images))])
    np.testing.assert_array_equal(together, alone)


def test_the_output_stays_when_the_engine_runs_again(model_path, images):
    with OpenVinoEngine(model_path, SIZE, F32) as engine:
        first = engine.infer(images[:2])
        kept = first.copy()
        engine.infer(images[2:4])
        np.testing.assert_array_equal(first, kept)


def test_no_picture_gives_no_row(model_path, images):
    with OpenVinoEngine(model_path, SIZE, F32) as engine:
        assert len(engine.infer(images[:0])) == 0


def test_a_file_that_is_no_model_is_refused(tmp_path: Path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"this is no model")
    with pytest.raises(ModelError, match="expected an ONNX model"):
        OpenVinoEngine(path, SIZE, F32)
